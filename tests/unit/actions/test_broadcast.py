import pytest

from chat.protocol.ids import ConnectionId, ConversationId
from chat.push.outcome import Outcome
from chat.storage.messages import find_message
from chat.storage.roster import read_roster
from testing.people import Client, Person
from testing.simulation import Simulation

type Room = tuple[Client, Client, ConversationId]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    hers, his = alice.arrives(), bob.arrives()
    conversation = hers.creates(bob)
    his.forgets()
    return hers, his, ConversationId(conversation)


def test_a_message_is_stored_before_anybody_is_told(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    found: list[object] = []

    def look(_: ConnectionId) -> None:
        found.append(find_message(conversation, 1))

    simulation.sockets.fault = look
    hers.says("Hello", to=conversation)

    assert len(found) == 1
    assert found[0] is not None


def test_every_connection_is_told_once(room: Room, alice: Person, bob: Person) -> None:
    hers, his, conversation = room
    others = [his, alice.arrives(), bob.arrives()]

    said = hers.says("Hello", to=conversation)

    assert [[each["data"] for each in other.received] for other in others] == [[said]] * 3


def test_outcomes_are_counted(
    simulation: Simulation, room: Room, bob: Person, carol: Person
) -> None:
    hers, his, conversation = room
    hers.sends("add_members", conversationId=conversation, data={"members": ["carol"]})
    theirs, tablet = carol.arrives(), bob.arrives()
    faults = {his.connection_id: Outcome.SLOW, theirs.connection_id: Outcome.FAILED}
    simulation.counted.clear()
    simulation.sockets.fault = faults.get

    hers.says("Hello", to=conversation)

    assert simulation.counted == {"PushSlow": 1, "PushFailed": 1, "PushDelivered": 1}
    assert tablet.receives("chat_message")["content"] == "Hello"


def test_only_gone_connections_lose_their_rows(
    simulation: Simulation, room: Room, bob: Person, carol: Person
) -> None:
    hers, his, conversation = room
    hers.sends("add_members", conversationId=conversation, data={"members": ["carol"]})
    theirs, tablet = carol.arrives(), bob.arrives()
    faults = {
        his.connection_id: Outcome.SLOW,
        theirs.connection_id: Outcome.FAILED,
        tablet.connection_id: Outcome.GONE,
    }
    simulation.sockets.fault = faults.get

    hers.says("Hello", to=conversation)

    roster = read_roster(conversation, simulation.now_ms)
    assert set(roster.entries) == {hers.connection_id, his.connection_id, theirs.connection_id}


@pytest.mark.parametrize(("limit", "is_inline"), [(1, True), (0, False)])
def test_pushes_up_to_the_limit_are_made_by_the_sender(
    simulation: Simulation, room: Room, limit: int, *, is_inline: bool
) -> None:
    hers, his, conversation = room
    simulation.services = simulation.with_limits(inline_push_limit=limit)

    hers.says("Hello", to=conversation)

    assert bool(his.received) is is_inline
    assert bool(simulation.waiting.shards) is not is_inline


def test_above_the_inline_limit_pushes_are_left_to_the_queue(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    simulation.services = simulation.with_limits(inline_push_limit=0)

    hers.says("Hello", to=conversation)

    his.receives_nothing()
    [(where, connections, _)] = simulation.waiting.shards
    assert (where, list(connections)) == (conversation, [his.connection_id])
