import pytest

from testing.people import Client, Person
from testing.simulation import Simulation

type Group = tuple[Client, Client, str]


@pytest.fixture
def group(alice: Person, bob: Person) -> Group:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    for content in ("one", "two"):
        hers.says(content, to=conversation)
    his.discards_received()
    return hers, his, conversation


def test_receipt_is_pushed_to_the_others_and_the_readers_other_connections(
    group: Group, bob: Person
) -> None:
    hers, his, conversation = group
    his_phone = bob.logs_in()

    his.sends_without_reply("read_receipt", messageId=f"{conversation}:2")

    event = hers.receives("read_receipt")
    assert event == {
        "conversation_id": conversation,
        "message_id": f"{conversation}:2",
        "seq": 2,
        "user_id": "user-bob",
        "username": "bob",
        "read_at": "2026-11-22T18:19:14.123Z",
    }
    assert his_phone.receives("read_receipt") == event
    his.receives_nothing()


def test_a_receipt_with_a_request_id_is_acknowledged(group: Group) -> None:
    _, his, conversation = group

    reply = his.sends("read_receipt", messageId=f"{conversation}:1", requestId="r-1")

    assert reply == {"type": "ack", "requestId": "r-1"}


@pytest.mark.parametrize("older", [1, 2])
def test_a_read_mark_never_moves_back(group: Group, older: int) -> None:
    hers, his, conversation = group
    his.sends_without_reply("read_receipt", messageId=f"{conversation}:2")
    hers.discards_received()

    his.sends_without_reply("read_receipt", messageId=f"{conversation}:{older}")

    hers.receives_nothing()
    [listed] = his.sends("list_conversations")["data"]["items"]
    assert listed["last_read_seq"] == 2


def test_receipt_in_a_big_conversation_is_pushed_to_the_readers_other_connections_only(
    simulation: Simulation, group: Group, bob: Person
) -> None:
    hers, his, conversation = group
    his_phone = bob.logs_in()
    simulation.services = simulation.with_limits(big_room_connections=1)

    his.sends_without_reply("read_receipt", messageId=f"{conversation}:2")

    assert his_phone.receives("read_receipt")["seq"] == 2
    his.receives_nothing()
    hers.receives_nothing()
    [listed] = his.sends("list_conversations")["data"]["items"]
    assert listed["last_read_seq"] == 2


@pytest.mark.parametrize("name", ["{}:3", "{}:0", "{}:-1", "{}:two", "{}", "{}:", ":1", "x:1"])
def test_receipt_for_a_missing_message_is_rejected(group: Group, name: str) -> None:
    hers, his, conversation = group

    his.is_rejected("not_a_member", "read_receipt", messageId=name.format(conversation))

    hers.receives_nothing()
