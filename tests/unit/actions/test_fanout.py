import pytest

from chat.protocol.ids import ConversationId
from chat.push.limits import INLINE, QUEUED
from chat.push.post import Outcome
from chat.push.queue_bodies import Shard, encode_shards
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
    shards = [Shard(*each) for each in simulation.queues.shards]
    return [simulation.consume("fanout", body) for each in shards for body in encode_shards(each)]


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
