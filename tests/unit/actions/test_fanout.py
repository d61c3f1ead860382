import pytest

from chat.protocol.ids import ConversationId
from chat.push.deferred import Shard, encode_shards
from chat.push.limits import INLINE, QUEUED
from chat.push.outcome import Outcome
from chat.runtime.handlers import Answer
from chat.storage.roster import read_roster
from testing.people import Client, Person
from testing.simulation import Simulation

type Room = tuple[Client, Client, ConversationId]


@pytest.fixture
def room(simulation: Simulation, alice: Person, bob: Person) -> Room:
    """Give a room whose pushes are all left to the queue."""
    hers, his = alice.arrives(), bob.arrives()
    conversation = hers.creates(bob)
    his.forgets()
    simulation.services = simulation.with_limits(inline_push_limit=0)
    return hers, his, ConversationId(conversation)


def fans_out(simulation: Simulation) -> list[Answer]:
    shards = [Shard(*each) for each in simulation.waiting.shards]
    return [simulation.consume("fanout", body) for each in shards for body in encode_shards(each)]


def test_a_shard_is_pushed_to_each_of_its_connections(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    said = hers.says("Hello 😀", to=conversation)

    answers = fans_out(simulation)

    assert his.receives("chat_message") == said
    hers.receives_nothing()
    assert answers == [{"batchItemFailures": []}]


def test_a_shard_takes_gone_connections_off_the_roster(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    his.closes(announced=False)
    hers.says("Hello", to=conversation)

    fans_out(simulation)

    assert set(read_roster(conversation, simulation.now_ms).entries) == {hers.connection_id}


def test_a_shard_that_is_delivered_twice_is_pushed_twice(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    said = hers.says("Hello", to=conversation)
    fans_out(simulation)

    fans_out(simulation)

    assert [each["data"] for each in his.received] == [said, said]


def test_a_shard_reaches_nobody_who_was_removed_meanwhile(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    hers.says("Hello", to=conversation)
    hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})
    his.forgets()

    fans_out(simulation)

    his.receives_nothing()


def test_a_shard_reaches_nobody_who_signed_out_meanwhile(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    hers.says("Hello", to=conversation)
    his.sends("sign_out")

    fans_out(simulation)

    his.receives_nothing()


def test_a_removed_member_of_a_big_room_learns_of_it(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    simulation.services = simulation.with_limits(inline_push_limit=1)

    reply = hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})

    assert his.receives("member_removed") == reply["data"]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.SLOW])
def test_what_a_shard_leaves_over_is_left_to_the_heartbeat(
    outcome: Outcome, simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    simulation.sockets.fault = lambda _: outcome
    said = hers.says("Hello", to=conversation)

    answers = fans_out(simulation)

    assert answers == [{"batchItemFailures": []}]
    his.receives_nothing()
    ack = his.sends("heartbeat", data={"positions": {conversation: 0}})
    assert ack["data"]["behind"] == {conversation: said["seq"]}


def test_a_shard_is_more_patient_than_a_sender(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    hers.says("Hello", to=conversation)
    simulation.sockets.allowed.clear()

    fans_out(simulation)

    [allowed] = simulation.sockets.allowed
    assert allowed.patience_seconds == QUEUED.patience_seconds > INLINE.patience_seconds


def test_what_is_no_shard_comes_again(simulation: Simulation) -> None:
    answer = simulation.consume("fanout", '{"frame": "Hello"}')

    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
