"""The changes on history pages: which, in which order, and with what state."""

from typing import Any

import pytest

from chat.actions.history import SETTLED_STEP
from chat.protocol.ids import ConversationId
from testing.invariants import check_invariants, rows
from testing.people import Client, Person
from testing.sockets import Frame
from tests.unit.actions.history_pages import page, seqs, store_messages, take_unused_numbers

type Room = tuple[Client, Client, ConversationId]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give alice, who owns a group with bob and has sent messages 1 to 3 there."""
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = ConversationId(hers.creates(bob))
    for content in ("one", "two", "three"):
        hers.says(content, to=conversation)
    his.discards_received()
    return hers, his, conversation


def edits(client: Client, conversation: str, seq: int, content: str, **data: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
    message = f"{conversation}:{seq}"
    return client.sends("edit_message", messageId=message, data={"content": content, **data})


def deletes(client: Client, conversation: str, seq: int) -> Frame:
    return client.sends("delete_message", messageId=f"{conversation}:{seq}")


def settled(conversation: str) -> int:
    [found] = [r for r in rows("ConversationsTable") if r["conversation_id"] == conversation]
    return int(found.get("settled_seq", 0))


def test_page_going_up_has_the_frames_that_were_pushed(room: Room) -> None:
    hers, his, conversation = room
    edits(hers, conversation, 1, "One")
    deletes(hers, conversation, 2)

    asked = page(his, conversation, after_seq=3)

    assert asked["changes"] == his.received
    assert (asked["messages"], asked["up_to"], asked["has_more"]) == ([], 5, False)


def test_changes_of_members_are_on_a_page_going_up(room: Room, carol: Person) -> None:
    hers, his, conversation = room
    theirs = carol.logs_in()
    hers.sends("add_members", conversationId=conversation, data={"members": ["carol"]})
    theirs.sends("leave_conversation", conversationId=conversation)
    added, removed = his.received

    asked = page(his, conversation, after_seq=3)

    [shown, gone] = asked["changes"]
    assert gone == removed
    assert shown["data"]["members"] == [
        {name: value for name, value in member.items() if name != "online"}
        for member in added["data"]["members"]
    ]
    assert [shown["data"]["seq"], gone["data"]["seq"], asked["up_to"]] == [4, 5, 5]


def test_each_part_of_a_message_is_on_a_page_once_as_it_is_now(room: Room) -> None:
    hers, his, conversation = room
    for content in ("1", "2", "3"):
        edits(hers, conversation, 1, content)

    asked = page(his, conversation, after_seq=3)

    [change] = asked["changes"]
    assert (change["data"]["seq"], change["data"]["version"]) == (6, 6)
    assert change["data"]["content"] == "3"


def test_change_shows_a_later_state_under_its_own_number(room: Room) -> None:
    hers, his, conversation = room
    edits(hers, conversation, 1, "One")
    edits(hers, conversation, 2, "Two")
    deletes(hers, conversation, 1)

    asked = page(his, conversation, after_seq=3, limit=1)

    [change] = asked["changes"]
    assert (asked["up_to"], asked["has_more"]) == (4, True)
    assert (change["data"]["seq"], change["data"]["version"]) == (4, 6)
    assert (change["data"]["change"], change["data"]["content"]) == ("deleted", "")


def test_changed_message_of_the_same_page_is_not_repeated(room: Room) -> None:
    hers, his, conversation = room
    edits(hers, conversation, 2, "Two")

    asked = page(his, conversation, after_seq=1)

    assert [message["content"] for message in asked["messages"]] == ["Two", "three"]
    assert (asked["changes"], asked["up_to"]) == ([], 4)


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_of_any_size_have_every_number_once(room: Room, limit: int) -> None:
    hers, his, conversation = room
    edits(hers, conversation, 1, "One")
    hers.says("five", to=conversation)
    deletes(hers, conversation, 2)
    hers.says("seven", to=conversation)
    edits(hers, conversation, 3, "Three")

    numbers, after, has_more = [], 3, True
    while has_more:
        asked = page(his, conversation, after_seq=after, limit=limit)
        items = [*asked["messages"], *(change["data"] for change in asked["changes"])]
        assert len(items) <= limit
        assert all(after < item["seq"] <= asked["up_to"] for item in items)
        numbers += [item["seq"] for item in items]
        after, has_more = asked["up_to"], asked["has_more"]

    assert sorted(numbers) == [4, 5, 6, 7, 8]
    assert after == 8


def test_page_is_filled_with_messages_and_changes_as_far_as_a_frame_goes(room: Room) -> None:
    hers, his, conversation = room
    store_messages(conversation, *["x" * 9_000] * 3)
    for seq in (1, 2, 3):
        edits(hers, conversation, seq, "y" * 9_000)

    met: list[int] = []
    after, has_more = 3, True
    while has_more:
        asked = page(his, conversation, after_seq=after)
        met += [*seqs(asked), *(each["data"]["seq"] for each in asked["changes"])]
        after, has_more = asked["up_to"], asked["has_more"]

    assert met == [4, 5, 6, 7, 8, 9]


def test_number_of_a_change_is_no_gap(room: Room) -> None:
    hers, his, conversation = room
    edits(hers, conversation, 1, "One")
    deletes(hers, conversation, 2)

    for asked in ({}, {"after_seq": 0}, {"before_seq": 2}):
        page(his, conversation, **asked)

    assert hers.simulation.sleeps == []
    check_invariants(hers.simulation)


def test_rejected_change_leaves_no_gap(room: Room) -> None:
    hers, his, conversation = room
    assert edits(his, conversation, 1, "mine")["code"] == "forbidden"
    assert edits(hers, conversation, 1, "One", version=9)["code"] == "conflict"

    asked = page(his, conversation, after_seq=3)

    assert (asked["up_to"], asked["changes"]) == (5, [])
    assert hers.simulation.sleeps == []


def test_page_going_down_says_up_to_which_number_its_states_are_complete(room: Room) -> None:
    hers, his, conversation = room
    edits(hers, conversation, 1, "One")

    newest, above = page(his, conversation), page(his, conversation, before_seq=2)

    assert newest["up_to"] == above["up_to"] == 4
    assert newest["changes"] == above["changes"] == []
    assert [message["content"] for message in above["messages"]] == ["One"]


@pytest.mark.parametrize("asked", [{}, {"before_seq": 2}, {"after_seq": 0}], ids=str)
def test_what_a_page_has_settled_is_noted_once_it_is_much(
    room: Room, asked: dict[str, int]
) -> None:
    _, his, conversation = room
    store_messages(conversation, *map(str, range(SETTLED_STEP - 4)))
    page(his, conversation, limit=100, **asked)
    before = settled(conversation)

    take_unused_numbers(conversation)
    page(his, conversation, limit=100, **asked)

    assert (before, settled(conversation)) == (0, SETTLED_STEP)
    check_invariants(his.simulation)


def test_page_going_up_from_what_is_not_settled_notes_nothing(room: Room) -> None:
    _, his, conversation = room
    take_unused_numbers(conversation)
    store_messages(conversation, *map(str, range(SETTLED_STEP)))

    page(his, conversation, after_seq=4, limit=100)

    assert settled(conversation) == 0
    check_invariants(his.simulation)


def test_settled_numbers_are_not_read_again(room: Room) -> None:
    _, his, conversation = room
    store_messages(conversation, *map(str, range(SETTLED_STEP)))
    page(his, conversation, limit=1)
    assert settled(conversation) == SETTLED_STEP + 3
    tables: list[str] = []

    with his.simulation.steps.observing(
        his.simulation.dynamodb,
        before=lambda step: tables.extend(place.table for place in step.places),
    ):
        page(his, conversation, before_seq=2)

    assert tables.count("MessagesTable") == 1
    assert "ChangesTable" not in tables
