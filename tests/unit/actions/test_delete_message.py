"""Deleting a message: who may, and that nothing of it is left."""

import pytest

from chat.protocol.ids import ConversationId
from testing.injection import inject_before
from testing.invariants import check_invariants
from testing.people import Client, Person
from testing.snapshots import stored_tables
from testing.sockets import Frame
from tests.unit.actions.history_pages import page

type Room = tuple[Client, Client, ConversationId]

SECRET = "a secret that is gone"


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give alice, who owns a group, and bob, who has sent message 1 there."""
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = ConversationId(hers.creates(bob))
    his.says(SECRET, to=conversation, clientMessageId="c-1")
    hers.discards_received()
    his.discards_received()
    return hers, his, conversation


def deletes(client: Client, conversation: str, seq: int = 1) -> Frame:
    return client.sends("delete_message", messageId=f"{conversation}:{seq}")


def is_rejected(client: Client, conversation: str, code: str) -> None:
    client.is_rejected(code, "delete_message", messageId=f"{conversation}:1")


def everything_stored() -> str:
    tables = stored_tables().values()
    return str([item.to_json() for table in tables for item in table.all_items()])


def test_a_deletion_is_answered_and_pushed_without_content(room: Room) -> None:
    hers, his, conversation = room

    reply = his.sends("delete_message", messageId=f"{conversation}:1", requestId="r-1")

    data = {
        "conversation_id": conversation,
        "seq": 2,
        "message_id": f"{conversation}:1",
        "change": "deleted",
        "by": {"user_id": "user-bob", "username": "bob"},
        "at": "2026-11-22T18:19:14.123Z",
        "content": "",
        "version": 2,
        "deleted_at": "2026-11-22T18:19:14.123Z",
    }
    assert reply == {"type": "message_changed", "requestId": "r-1", "data": data}
    assert hers.receives("message_changed") == data
    hers.receives_nothing()
    his.receives_nothing()


def test_nothing_of_a_deleted_message_is_stored_but_who_sent_it_and_when(room: Room) -> None:
    hers, his, conversation = room
    his.sends("edit_message", messageId=f"{conversation}:1", data={"content": f"{SECRET}, edited"})
    assert SECRET in everything_stored()

    deletes(his, conversation)

    assert SECRET not in everything_stored()
    at = "2026-11-22T18:19:14.123Z"
    [message] = page(hers, conversation)["messages"]
    assert message == {
        "message_id": f"{conversation}:1",
        "conversation_id": conversation,
        "seq": 1,
        "user_id": "user-bob",
        "username": "bob",
        "content": "",
        "type": "text",
        "created_at": at,
        "client_message_id": "c-1",
        "version": 3,
        "deleted_at": at,
        "deleted_by": {"user_id": "user-bob", "username": "bob"},
    }


def test_an_owner_deletes_the_messages_of_others(room: Room) -> None:
    hers, his, conversation = room

    reply = deletes(hers, conversation)

    assert reply["data"]["by"] == {"user_id": "user-alice", "username": "alice"}
    assert his.receives("message_changed") == reply["data"]
    check_invariants(hers.simulation)


def test_a_member_deletes_no_message_of_another(room: Room, carol: Person) -> None:
    hers, his, conversation = room
    theirs = carol.logs_in()
    is_rejected(theirs, conversation, "not_a_member")
    hers.sends("add_members", conversationId=conversation, data={"members": ["carol"]})

    is_rejected(theirs, conversation, "forbidden")

    [message] = page(his, conversation)["messages"]
    assert message["content"] == SECRET


def test_nobody_deletes_the_other_ones_message_of_a_direct_conversation(
    alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob, kind="direct")
    his.says(SECRET, to=conversation)

    is_rejected(hers, conversation, "forbidden")


def test_deleting_again_is_answered_as_done_and_pushed_once(room: Room) -> None:
    hers, his, conversation = room
    first = deletes(his, conversation)
    hers.simulation.advance_time(60)
    hers.discards_received()

    again = deletes(hers, conversation)

    assert again == first
    hers.receives_nothing()


@pytest.mark.parametrize("name", ["none", "none:1", "{}:0", "{}:2"])
def test_a_message_that_is_not_there_cannot_be_deleted(room: Room, name: str) -> None:
    hers, _, conversation = room

    hers.is_rejected("not_a_member", "delete_message", messageId=name.format(conversation))


def test_a_deletion_wins_over_an_edit_that_is_stored_meanwhile(room: Room) -> None:
    hers, his, conversation = room
    message = {"messageId": f"{conversation}:1"}

    def edit() -> None:
        his.sends("edit_message", **message, data={"content": "later"})

    with inject_before(hers.simulation, "TransactWriteItems", edit):
        reply = deletes(his, conversation)

    assert (reply["data"]["change"], reply["data"]["version"]) == ("deleted", 4)
    [found] = page(hers, conversation)["messages"]
    assert (found["content"], found["version"]) == ("", 4)
    check_invariants(hers.simulation)


@pytest.mark.parametrize(("after_seconds", "is_taken"), [(60, True), (60.001, False)])
def test_an_author_can_delete_for_so_long_and_an_owner_always(
    room: Room, after_seconds: float, *, is_taken: bool
) -> None:
    hers, his, conversation = room
    simulation = hers.simulation
    simulation.services = simulation.with_limits(delete_seconds=60)
    simulation.advance_time(after_seconds)

    reply = deletes(his, conversation)

    assert (reply["type"] == "message_changed") is is_taken
    assert is_taken or reply["code"] == "forbidden"
    assert deletes(hers, conversation)["type"] == "message_changed"


def test_a_deleted_message_that_is_sent_again_stays_deleted(room: Room) -> None:
    hers, his, conversation = room
    deletes(his, conversation)
    hers.discards_received()

    again = his.says(SECRET, to=conversation, clientMessageId="c-1")

    assert (again["content"], again["seq"], "deleted_at" in again) == ("", 1, True)
    hers.receives_nothing()
    assert SECRET not in everything_stored()


def test_a_deleted_message_is_not_unread_and_its_preview_says_nothing(room: Room) -> None:
    hers, his, conversation = room
    his.says("Two", to=conversation)
    deletes(his, conversation, 2)

    [listed] = hers.sends("list_conversations")["data"]["items"]

    assert (listed["unread_count"], listed["last_seq"]) == (1, 3)
    assert (listed["last_message"]["seq"], listed["last_message"]["content"]) == (2, "")
