import pytest

from chat.protocol.ids import ConversationId
from chat.push.limits import INLINE, QUEUED
from chat.push.post import Outcome
from chat.runtime.replies import Answer
from chat.storage.roster import read_roster
from testing.people import Client, Person
from testing.simulation import Simulation

type Group = tuple[Client, Client, ConversationId]


@pytest.fixture
def group(simulation: Simulation, alice: Person, bob: Person) -> Group:
    """Give a group whose pushes all go through the queue."""
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    his.discards_received()
    simulation.services = simulation.with_limits(inline_push_limit=0)
    return hers, his, ConversationId(conversation)


def deliver_shards(simulation: Simulation) -> list[Answer]:
    return [simulation.consume("fanout", body) for body in simulation.queues.take_shards()]


def test_a_shard_is_pushed_to_each_of_its_connections(simulation: Simulation, group: Group) -> None:
    hers, his, conversation = group
    said = hers.says("Hello 😀", to=conversation)

    answers = deliver_shards(simulation)

    assert his.receives("chat_message") == said
    hers.receives_nothing()
    assert answers == [{"batchItemFailures": []}]


def test_a_shard_takes_gone_connections_off_the_roster(
    simulation: Simulation, group: Group
) -> None:
    hers, his, conversation = group
    his.closes(announced=False)
    hers.says("Hello", to=conversation)

    deliver_shards(simulation)

    assert set(read_roster(conversation, simulation.now_ms).entries) == {hers.connection_id}


def test_queued_shard_skips_members_removed_since(simulation: Simulation, group: Group) -> None:
    hers, his, conversation = group
    hers.says("Hello", to=conversation)
    hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})
    his.discards_received()

    deliver_shards(simulation)

    his.receives_nothing()


def test_queued_shard_skips_users_signed_out_since(simulation: Simulation, group: Group) -> None:
    hers, his, conversation = group
    hers.says("Hello", to=conversation)
    his.sends("sign_out")

    deliver_shards(simulation)

    his.receives_nothing()


def test_member_removed_from_a_big_conversation_is_notified(
    simulation: Simulation, group: Group
) -> None:
    hers, his, conversation = group
    simulation.services = simulation.with_limits(inline_push_limit=1)

    reply = hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})

    assert his.receives("member_removed") == reply["data"]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.THROTTLED])
def test_failed_pushes_of_a_shard_are_found_by_the_heartbeat(
    outcome: Outcome, simulation: Simulation, group: Group
) -> None:
    hers, his, conversation = group
    simulation.sockets.fault = lambda _: outcome
    said = hers.says("Hello", to=conversation)

    answers = deliver_shards(simulation)

    assert answers == [{"batchItemFailures": []}]
    his.receives_nothing()
    ack = his.sends("heartbeat", data={"positions": {conversation: 0}})
    assert ack["data"]["behind"] == {conversation: said["seq"]}


def test_throttled_pushes_of_a_shard_go_on_in_the_next_run(
    simulation: Simulation, group: Group
) -> None:
    hers, his, conversation = group
    said = hers.says("Hello", to=conversation)
    simulation.sockets.fault = lambda _: Outcome.THROTTLED
    deliver_shards(simulation)

    simulation.sockets.fault = lambda _: None
    deliver_shards(simulation)

    assert his.receives("chat_message") == said


def test_next_run_repeats_no_push_that_was_delivered(
    simulation: Simulation, group: Group, carol: Person
) -> None:
    hers, his, conversation = group
    theirs = carol.logs_in()
    hers.sends("add_members", conversationId=conversation, data={"usernames": ["carol"]})
    deliver_shards(simulation)
    for each in (his, theirs):
        each.discards_received()
    hers.says("Hello", to=conversation)
    simulation.sockets.fault = lambda each: Outcome.THROTTLED if each == his.connection_id else None
    deliver_shards(simulation)

    [rest] = simulation.queues.shards

    assert rest.connection_ids == [his.connection_id]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.GONE, Outcome.DELIVERED])
def test_only_throttled_pushes_go_on(
    outcome: Outcome, simulation: Simulation, group: Group
) -> None:
    hers, _, conversation = group
    hers.says("Hello", to=conversation)
    simulation.sockets.fault = lambda _: outcome

    deliver_shards(simulation)

    assert simulation.queues.shards == []


def test_throttled_pushes_are_left_to_the_heartbeat_after_three_later_runs(
    simulation: Simulation, group: Group
) -> None:
    hers, _, conversation = group
    hers.says("Hello", to=conversation)
    simulation.sockets.fault = lambda _: Outcome.THROTTLED
    delays = []

    while simulation.queues.shards:
        deliver_shards(simulation)
        delays += simulation.queues.delays
        simulation.queues.delays.clear()

    assert delays == [2, 4, 8]


def test_member_removed_between_two_runs_receives_nothing(
    simulation: Simulation, group: Group
) -> None:
    hers, his, conversation = group
    hers.says("Hello", to=conversation)
    simulation.sockets.fault = lambda _: Outcome.THROTTLED
    deliver_shards(simulation)
    simulation.sockets.fault = lambda _: None
    hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})
    his.discards_received()

    deliver_shards(simulation)

    his.receives_nothing()


def test_queued_push_gets_more_time_than_an_inline_push(
    simulation: Simulation, group: Group
) -> None:
    hers, _, conversation = group
    hers.says("Hello", to=conversation)
    simulation.sockets.allowed.clear()

    deliver_shards(simulation)

    [allowed] = simulation.sockets.allowed
    assert allowed.patience_seconds == QUEUED.patience_seconds > INLINE.patience_seconds


def test_invalid_shard_is_retried_by_the_queue(simulation: Simulation) -> None:
    answer = simulation.consume("fanout", '{"frame": "Hello"}')

    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
