import pytest

from chat.protocol.ids import ConversationId
from chat.storage.conversations import next_seq
from testing.people import Client, Person
from testing.simulation import Simulation

type Room = tuple[Client, Client, str]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    hers, his = alice.arrives(), bob.arrives()
    conversation = hers.creates(bob)
    hers.says("one", to=conversation)
    return hers, his, conversation


def test_a_heartbeat_is_answered_with_the_time(alice: Person) -> None:
    hers = alice.arrives()

    ack = hers.sends("heartbeat", requestId="r-1")

    assert ack == {
        "type": "heartbeat_ack",
        "requestId": "r-1",
        "data": {"server_time": "2026-11-22T18:19:14.123Z", "behind": {}},
    }


def test_a_heartbeat_names_the_conversations_that_moved_past_the_client(room: Room) -> None:
    _, his, conversation = room

    ack = his.sends("heartbeat", data={"positions": {conversation: 0}})

    assert ack["data"]["behind"] == {conversation: 1}


def test_a_heartbeat_is_silent_about_conversations_the_client_is_up_to_date_with(
    room: Room,
) -> None:
    _, his, conversation = room

    ack = his.sends("heartbeat", data={"positions": {conversation: 1}})

    assert ack["data"]["behind"] == {}


def test_a_client_that_claims_to_have_seen_more_is_not_behind(room: Room) -> None:
    _, his, conversation = room

    ack = his.sends("heartbeat", data={"positions": {conversation: 2**53 - 1}})

    assert ack["data"]["behind"] == {}


def test_a_client_catches_up_with_a_number_whose_message_was_lost(room: Room) -> None:
    _, his, conversation = room
    next_seq(ConversationId(conversation), his.simulation.now_ms)

    ack = his.sends("heartbeat", data={"positions": {conversation: 1}})

    assert ack["data"]["behind"] == {conversation: 2}
    page = his.sends("history", conversationId=conversation, data={"after_seq": 1})
    assert (page["data"]["messages"], page["data"]["has_more"]) == ([], False)


def test_as_many_positions_as_a_heartbeat_carries_are_answered(alice: Person) -> None:
    hers = alice.arrives()
    conversations = [hers.creates() for _ in range(20)]
    for conversation in conversations:
        hers.says("x", to=conversation)

    ack = hers.sends("heartbeat", data={"positions": dict.fromkeys(conversations, 0)})

    assert ack["data"]["behind"] == dict.fromkeys(conversations, 1)


def test_a_heartbeat_tells_nothing_of_conversations_of_others(room: Room, carol: Person) -> None:
    _, _, conversation = room

    ack = carol.arrives().sends("heartbeat", data={"positions": {conversation: 0, "none": 0}})

    assert ack["data"]["behind"] == {}


def test_a_heartbeat_with_positions_wants_a_session(simulation: Simulation, room: Room) -> None:
    _, _, conversation = room
    frame = {"type": "heartbeat", "data": {"positions": {conversation: 0}}}

    reply = simulation.send(simulation.connect(), frame)

    assert reply is not None
    assert reply["code"] == "not_authenticated"


@pytest.mark.parametrize(
    "positions",
    [{"c": -1}, {"c": "1"}, {"c": None}, {f"c{n}": 1 for n in range(101)}, []],
    ids=str,
)
def test_positions_out_of_range_are_refused(alice: Person, positions: object) -> None:
    hers = alice.arrives()

    refused = hers.is_refused("bad_request", "heartbeat", data={"positions": positions})

    assert refused["data"]["field"].startswith("data.positions")
