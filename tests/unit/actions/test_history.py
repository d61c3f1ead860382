import pytest

from chat.protocol.ids import ConversationId
from chat.protocol.limits import MAX_CONTENT_BYTES
from testing.people import Client, Person
from tests.unit.actions.history_pages import page, seqs, store_messages

type Group = tuple[Client, ConversationId]


@pytest.fixture
def group(alice: Person, bob: Person) -> Group:
    hers = alice.logs_in()
    return hers, ConversationId(hers.creates(bob))


# Messages.


def test_history_lists_messages_as_they_were_pushed(group: Group) -> None:
    hers, conversation = group
    one = hers.says("one", to=conversation)
    two = hers.says("two", to=conversation, clientMessageId="c-2")

    reply = hers.sends("history", conversationId=conversation)

    assert reply == {
        "type": "history",
        "data": {
            "conversation_id": conversation,
            "messages": [one, two],
            "changes": [],
            "up_to": 2,
            "has_more": False,
        },
    }


def test_history_of_an_empty_conversation_is_empty(group: Group) -> None:
    hers, conversation = group

    asked = page(hers, conversation)

    assert asked == {
        "conversation_id": conversation,
        "messages": [],
        "changes": [],
        "up_to": 0,
        "has_more": False,
    }


def test_history_without_a_position_returns_the_newest_fifty(group: Group) -> None:
    hers, conversation = group
    store_messages(conversation, *map(str, range(1, 53)))

    asked = page(hers, conversation)

    assert seqs(asked) == list(range(3, 53))
    assert asked["has_more"] is True


@pytest.mark.parametrize(
    ("position", "event", "has_more"),
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
def test_page_ascends_and_reports_whether_more_follows(
    group: Group, position: dict[str, int], event: list[int], *, has_more: bool
) -> None:
    hers, conversation = group
    store_messages(conversation, *"abcde")

    asked = page(hers, conversation, **position)

    assert (seqs(asked), asked["has_more"]) == (event, has_more)


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
def test_error_names_the_number_out_of_range(
    group: Group, data: dict[str, object], field: str
) -> None:
    hers, conversation = group

    refused = hers.is_rejected("bad_request", "history", conversationId=conversation, data=data)

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
def test_forward_pages_list_every_message_once_and_fit_a_frame(group: Group, content: str) -> None:
    hers, conversation = group
    store_messages(conversation, *[content] * 5, "small", content)

    met, has_more = [0], True
    while has_more:
        asked = page(hers, conversation, after_seq=met[-1])
        met += seqs(asked)
        has_more = asked["has_more"]

    assert met == list(range(8))


@pytest.mark.parametrize("content", LONGEST.values(), ids=LONGEST.keys())
def test_backward_pages_list_every_message_once_and_fit_a_frame(group: Group, content: str) -> None:
    hers, conversation = group
    store_messages(conversation, *[content] * 5, "small", content)

    met, has_more = [8], True
    while has_more:
        asked = page(hers, conversation, before_seq=met[-1])
        met += reversed(seqs(asked))
        has_more = asked["has_more"]

    assert met == list(range(8, 0, -1))


def test_page_holds_as_many_messages_as_fit_a_frame(group: Group) -> None:
    hers, conversation = group
    store_messages(conversation, *["x" * 5_000] * 10)

    asked = page(hers, conversation)

    assert seqs(asked) == [5, 6, 7, 8, 9, 10]


def test_longest_accepted_message_is_listed(group: Group) -> None:
    hers, conversation = group
    longest = hers.says("\x01" * 5_100, to=conversation, clientMessageId="\x02" * 64)

    asked = page(hers, conversation)

    assert asked["messages"] == [longest]
