import pytest

from chat.protocol.ids import ConversationId
from chat.protocol.limits import MAX_CONTENT_BYTES
from testing.people import Client, Person
from tests.unit.actions.history_pages import page, seqs, stores

type Room = tuple[Client, ConversationId]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    hers = alice.arrives()
    return hers, ConversationId(hers.creates(bob))


# What is listed.


def test_history_lists_what_chat_message_told(room: Room) -> None:
    hers, conversation = room
    one = hers.says("one", to=conversation)
    two = hers.says("two", to=conversation, clientMessageId="c-2")

    reply = hers.sends("history", conversationId=conversation)

    assert reply == {
        "type": "history",
        "data": {"conversation_id": conversation, "messages": [one, two], "has_more": False},
    }


def test_an_empty_conversation_has_no_history(room: Room) -> None:
    hers, conversation = room

    asked = page(hers, conversation)

    assert asked == {"conversation_id": conversation, "messages": [], "has_more": False}


def test_history_without_a_number_is_the_newest_fifty(room: Room) -> None:
    hers, conversation = room
    stores(conversation, *map(str, range(1, 53)))

    asked = page(hers, conversation)

    assert seqs(asked) == list(range(3, 53))
    assert asked["has_more"] is True


@pytest.mark.parametrize(
    ("asks", "told", "has_more"),
    [
        ({}, [1, 2, 3, 4, 5], False),
        ({"limit": 5}, [1, 2, 3, 4, 5], False),
        ({"limit": 4}, [2, 3, 4, 5], True),
        ({"limit": 100}, [1, 2, 3, 4, 5], False),
        ({"after_seq": 0}, [1, 2, 3, 4, 5], False),
        ({"after_seq": 2}, [3, 4, 5], False),
        ({"after_seq": 2, "limit": 3}, [3, 4, 5], False),
        ({"after_seq": 2, "limit": 2}, [3, 4], True),
        ({"after_seq": 5}, [], False),
        ({"after_seq": 2**53 - 1}, [], False),
        ({"before_seq": 4}, [1, 2, 3], False),
        ({"before_seq": 4, "limit": 3}, [1, 2, 3], False),
        ({"before_seq": 4, "limit": 2}, [2, 3], True),
        ({"before_seq": 1}, [], False),
        ({"before_seq": 0}, [], False),
        ({"before_seq": 2**53 - 1, "limit": 1}, [5], True),
    ],
    ids=str,
)
def test_a_page_ascends_and_says_whether_there_is_more_in_its_direction(
    room: Room, asks: dict[str, int], told: list[int], *, has_more: bool
) -> None:
    hers, conversation = room
    stores(conversation, *"abcde")

    asked = page(hers, conversation, **asks)

    assert (seqs(asked), asked["has_more"]) == (told, has_more)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"limit": 0}, "data.limit"),
        ({"limit": 101}, "data.limit"),
        ({"limit": "5"}, "data.limit"),
        ({"limit": 1.5}, "data.limit"),
        ({"limit": True}, "data.limit"),
        ({"limit": None}, "data.limit"),
        ({"after_seq": -1}, "data.after_seq"),
        ({"after_seq": 2**53}, "data.after_seq"),
        ({"before_seq": -1}, "data.before_seq"),
        ({"before_seq": "1"}, "data.before_seq"),
        ({"after_seq": 1, "before_seq": 3}, "data.before_seq"),
    ],
    ids=str,
)
def test_a_number_out_of_range_is_named(room: Room, data: dict[str, object], field: str) -> None:
    hers, conversation = room

    refused = hers.is_refused("bad_request", "history", conversationId=conversation, data=data)

    assert refused["data"] == {"field": field}


# Pages that fit one frame.

LONGEST = {
    "plain": "x" * MAX_CONTENT_BYTES,
    "three bytes a character": "€" * (MAX_CONTENT_BYTES // 3),
    "four bytes a character": "😀" * (MAX_CONTENT_BYTES // 4),
    "characters that JSON escapes in two": '"\\' * 7_400,
    "characters that JSON escapes in six": "\x01" * 5_200,
    "one byte": "x",
    "a third of a frame": "x" * 10_500,
}


@pytest.mark.parametrize("content", LONGEST.values(), ids=LONGEST.keys())
def test_going_up_meets_every_message_once_in_pages_that_fit(room: Room, content: str) -> None:
    hers, conversation = room
    stores(conversation, *[content] * 5, "small", content)

    met, has_more = [0], True
    while has_more:
        asked = page(hers, conversation, after_seq=met[-1])
        met += seqs(asked)
        has_more = asked["has_more"]

    assert met == list(range(8))


@pytest.mark.parametrize("content", LONGEST.values(), ids=LONGEST.keys())
def test_going_down_meets_every_message_once_in_pages_that_fit(room: Room, content: str) -> None:
    hers, conversation = room
    stores(conversation, *[content] * 5, "small", content)

    met, has_more = [8], True
    while has_more:
        asked = page(hers, conversation, before_seq=met[-1])
        met += reversed(seqs(asked))
        has_more = asked["has_more"]

    assert met == list(range(8, 0, -1))


def test_a_page_is_filled_as_far_as_a_frame_goes(room: Room) -> None:
    hers, conversation = room
    stores(conversation, *["x" * 5_000] * 10)

    asked = page(hers, conversation)

    assert seqs(asked) == [5, 6, 7, 8, 9, 10]


def test_the_longest_message_that_is_taken_is_listed(room: Room) -> None:
    hers, conversation = room
    longest = hers.says("\x01" * 5_100, to=conversation, clientMessageId="\x02" * 64)

    asked = page(hers, conversation)

    assert asked["messages"] == [longest]
