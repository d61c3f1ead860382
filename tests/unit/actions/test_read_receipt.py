import pytest

from testing.people import Client, Person
from testing.simulation import Simulation

type Room = tuple[Client, Client, str]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    hers, his = alice.arrives(), bob.arrives()
    conversation = hers.creates(bob)
    for content in ("one", "two"):
        hers.says(content, to=conversation)
    his.forgets()
    return hers, his, conversation


def test_a_receipt_is_told_to_the_others_and_to_the_readers_other_connections(
    room: Room, bob: Person
) -> None:
    hers, his, conversation = room
    his_phone = bob.arrives()

    his.sends_silently("read_receipt", messageId=f"{conversation}:2")

    told = hers.receives("read_receipt")
    assert told == {
        "conversation_id": conversation,
        "message_id": f"{conversation}:2",
        "seq": 2,
        "user_id": "user-bob",
        "username": "bob",
        "read_at": "2026-11-22T18:19:14.123Z",
    }
    assert his_phone.receives("read_receipt") == told
    his.receives_nothing()


def test_a_receipt_with_a_request_id_is_acknowledged(room: Room) -> None:
    _, his, conversation = room

    reply = his.sends("read_receipt", messageId=f"{conversation}:1", requestId="r-1")

    assert reply == {"type": "ack", "requestId": "r-1"}


@pytest.mark.parametrize("older", [1, 2])
def test_a_read_mark_never_moves_back(room: Room, older: int) -> None:
    hers, his, conversation = room
    his.sends_silently("read_receipt", messageId=f"{conversation}:2")
    hers.forgets()

    his.sends_silently("read_receipt", messageId=f"{conversation}:{older}")

    hers.receives_nothing()
    [listed] = his.sends("list_conversations")["data"]["items"]
    assert listed["last_read_seq"] == 2


def test_a_receipt_is_stored_and_not_pushed_in_a_big_room(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    simulation.services = simulation.with_limits(big_room_connections=1)

    his.sends_silently("read_receipt", messageId=f"{conversation}:2")

    hers.receives_nothing()
    [listed] = his.sends("list_conversations")["data"]["items"]
    assert listed["last_read_seq"] == 2


@pytest.mark.parametrize("name", ["{}:3", "{}:0", "{}:-1", "{}:two", "{}", "{}:", ":1", "x:1"])
def test_a_message_that_is_not_there_is_refused(room: Room, name: str) -> None:
    hers, his, conversation = room

    his.is_refused("not_a_member", "read_receipt", messageId=name.format(conversation))

    hers.receives_nothing()


def test_someone_outside_marks_nothing(room: Room, carol: Person) -> None:
    hers, _, conversation = room

    carol.arrives().is_refused("not_a_member", "read_receipt", messageId=f"{conversation}:1")

    hers.receives_nothing()
