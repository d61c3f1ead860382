"""Editing a message: who may, what everybody is pushed, and what the log has."""

from typing import Any

import pytest

from chat.protocol.ids import ConversationId
from chat.protocol.limits import MAX_CONTENT_BYTES
from testing.injection import inject_before
from testing.invariants import check_invariants
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame
from tests.unit.actions.history_pages import page

type Room = tuple[Client, Client, ConversationId]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give alice and bob in a group, in which alice has sent message 1."""
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = ConversationId(hers.creates(bob))
    hers.says("Hello", to=conversation, clientMessageId="c-1")
    his.discards_received()
    return hers, his, conversation


def edits(client: Client, conversation: str, content: str, seq: int = 1, **data: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
    return client.sends(
        "edit_message", messageId=f"{conversation}:{seq}", data={"content": content, **data}
    )


def is_rejected(client: Client, conversation: str, code: str, **fields: Any) -> Frame:  # noqa: ANN401 -- as above
    data = {"content": "Bye", **fields}
    return client.is_rejected(code, "edit_message", messageId=f"{conversation}:1", data=data)


def test_an_edit_is_answered_and_pushed_with_the_whole_new_content(room: Room) -> None:
    hers, his, conversation = room
    reply = hers.sends(
        "edit_message",
        messageId=f"{conversation}:1",
        data={"content": "Bye", "type": "markdown"},
        requestId="r-1",
    )

    data = {
        "conversation_id": conversation,
        "seq": 2,
        "message_id": f"{conversation}:1",
        "change": "edited",
        "by": {"user_id": "user-alice", "username": "alice"},
        "at": "2026-11-22T18:19:14.123Z",
        "content": "Bye",
        "type": "markdown",
        "mentions": [],
        "version": 2,
        "edited_at": "2026-11-22T18:19:14.123Z",
    }
    assert reply == {"type": "message_changed", "requestId": "r-1", "data": data}
    assert his.receives("message_changed") == data
    his.receives_nothing()
    hers.receives_nothing()


def test_an_edited_message_keeps_all_but_its_content(room: Room) -> None:
    hers, _, conversation = room
    [sent] = page(hers, conversation)["messages"]

    edits(hers, conversation, "Bye")

    [edited] = page(hers, conversation)["messages"]
    at = "2026-11-22T18:19:14.123Z"
    assert edited == sent | {"content": "Bye", "version": 2, "edited_at": at}


def test_only_the_author_edits_a_message(room: Room, carol: Person) -> None:
    hers, his, conversation = room
    theirs = carol.logs_in()

    is_rejected(his, conversation, "forbidden")
    is_rejected(theirs, conversation, "not_a_member")

    [message] = page(hers, conversation)["messages"]
    assert message["content"] == "Hello"
    hers.receives_nothing()


@pytest.mark.parametrize("name", ["none", "none:1", "{}:0", "{}:2", "{}:x", "{}"])
def test_a_message_that_is_not_there_cannot_be_edited(room: Room, name: str) -> None:
    hers, _, conversation = room
    data = {"content": "Bye"}

    hers.is_rejected("not_a_member", "edit_message", messageId=name.format(conversation), data=data)


def test_an_edit_of_another_version_is_a_conflict_that_names_the_version(room: Room) -> None:
    hers, his, conversation = room
    edits(hers, conversation, "One", version=0)
    his.discards_received()

    refused = is_rejected(hers, conversation, "conflict", version=0)

    assert refused["data"] == {"version": 2}
    his.receives_nothing()
    assert edits(hers, conversation, "Two", version=2)["data"]["content"] == "Two"


def test_without_a_version_the_last_edit_wins(room: Room) -> None:
    hers, _, conversation = room
    edits(hers, conversation, "One")
    edits(hers, conversation, "Two")

    [message] = page(hers, conversation)["messages"]
    assert message["content"] == "Two"


def test_an_edit_that_lost_is_answered_with_the_later_one_and_not_pushed(room: Room) -> None:
    hers, his, conversation = room

    with inject_before(
        hers.simulation, "TransactWriteItems", lambda: edits(hers, conversation, "later")
    ):
        reply = edits(hers, conversation, "earlier")

    assert (reply["data"]["content"], reply["data"]["version"]) == ("later", 3)
    assert his.receives("message_changed")["content"] == "later"
    his.receives_nothing()
    check_invariants(hers.simulation)


def test_a_deleted_message_cannot_be_edited(room: Room) -> None:
    hers, _, conversation = room
    hers.sends("delete_message", messageId=f"{conversation}:1")

    is_rejected(hers, conversation, "conflict")

    [message] = page(hers, conversation)["messages"]
    assert message["content"] == ""


@pytest.mark.parametrize(("after_seconds", "is_taken"), [(60, True), (60.001, False)])
def test_a_message_can_be_edited_for_so_long(
    room: Room, after_seconds: float, *, is_taken: bool
) -> None:
    hers, _, conversation = room
    simulation: Simulation = hers.simulation
    simulation.services = simulation.with_limits(edit_seconds=60)
    simulation.advance_time(after_seconds)

    reply = edits(hers, conversation, "Bye")

    assert (reply["type"] == "message_changed") is is_taken
    assert is_taken or reply["code"] == "forbidden"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "bad_request"),
        ("x" * (MAX_CONTENT_BYTES + 1), "too_large"),
        ("\x01" * 5_300, "too_large"),
    ],
    ids=["empty", "too long", "too long once it is encoded"],
)
def test_an_edit_may_say_what_a_message_may(room: Room, content: str, code: str) -> None:
    hers, _, conversation = room

    refused = edits(hers, conversation, content)

    assert refused["code"] == code


def test_the_longest_edit_fits_a_page_going_up_and_down(room: Room) -> None:
    hers, _, conversation = room
    edits(hers, conversation, "\x01" * 5_100)

    [change] = page(hers, conversation, after_seq=1)["changes"]
    [message] = page(hers, conversation)["messages"]

    assert change["data"]["content"] == message["content"] == "\x01" * 5_100


def test_an_edited_message_that_is_sent_again_is_answered_as_it_is_and_not_pushed(
    room: Room,
) -> None:
    hers, his, conversation = room
    edits(hers, conversation, "Bye")
    his.discards_received()

    again = hers.says("Hello", to=conversation, clientMessageId="c-1")

    assert (again["content"], again["version"]) == ("Bye", 2)
    his.receives_nothing()


def test_an_edit_does_not_move_the_conversation_up(room: Room) -> None:
    hers, his, conversation = room
    [before] = his.sends("list_conversations")["data"]["items"]
    hers.simulation.advance_time(60)

    edits(hers, conversation, "Bye")

    [listed] = his.sends("list_conversations")["data"]["items"]
    assert listed["last_activity_at"] == before["last_activity_at"]
    assert (listed["last_seq"], listed["unread_count"]) == (2, 1)
    assert listed["last_message"]["content"] == "Bye"
