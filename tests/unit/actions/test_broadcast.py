import pytest

from chat.protocol.ids import ConnectionId, ConversationId
from chat.push.post import Outcome
from chat.storage.messages import find_message
from chat.storage.roster import read_roster
from testing.people import Client, Person
from testing.simulation import Simulation

type Group = tuple[Client, Client, ConversationId]


@pytest.fixture
def group(alice: Person, bob: Person) -> Group:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    his.discards_received()
    return hers, his, ConversationId(conversation)


def test_message_is_stored_before_it_is_pushed(simulation: Simulation, group: Group) -> None:
    hers, _, conversation = group
    found: list[object] = []

    def look(_: ConnectionId) -> None:
        found.append(find_message(conversation, 1))

    simulation.sockets.fault = look
    hers.says("Hello", to=conversation)

    assert len(found) == 1
    assert found[0] is not None


def test_push_outcomes_are_counted(
    simulation: Simulation, group: Group, bob: Person, carol: Person
) -> None:
    hers, his, conversation = group
    hers.sends("add_members", conversationId=conversation, data={"members": ["carol"]})
    theirs, tablet = carol.logs_in(), bob.logs_in()
    faults = {his.connection_id: Outcome.THROTTLED, theirs.connection_id: Outcome.FAILED}
    simulation.metrics.clear()
    simulation.sockets.fault = faults.get

    hers.says("Hello", to=conversation)

    assert simulation.metrics == {"PushThrottled": 1, "PushFailed": 1, "PushDelivered": 1}
    assert tablet.receives("chat_message")["content"] == "Hello"


def test_only_gone_connections_lose_their_rows(
    simulation: Simulation, group: Group, bob: Person, carol: Person
) -> None:
    hers, his, conversation = group
    hers.sends("add_members", conversationId=conversation, data={"members": ["carol"]})
    theirs, tablet = carol.logs_in(), bob.logs_in()
    faults = {
        his.connection_id: Outcome.THROTTLED,
        theirs.connection_id: Outcome.FAILED,
        tablet.connection_id: Outcome.GONE,
    }
    simulation.sockets.fault = faults.get

    hers.says("Hello", to=conversation)

    roster = read_roster(conversation, simulation.now_ms)
    assert set(roster.entries) == {hers.connection_id, his.connection_id, theirs.connection_id}


@pytest.mark.parametrize(("limit", "is_inline"), [(1, True), (0, False)])
def test_sender_pushes_up_to_the_inline_limit_and_queues_the_rest(
    simulation: Simulation, group: Group, limit: int, *, is_inline: bool
) -> None:
    hers, his, conversation = group
    simulation.services = simulation.with_limits(inline_push_limit=limit)

    hers.says("Hello", to=conversation)

    assert bool(his.received) is is_inline
    assert bool(simulation.queues.shards) is not is_inline
