"""What `summarize` says of a conversation in few requests."""

from copy import replace

import pytest

from chat.storage.conversations import next_seq
from chat.storage.messages import close_gap, store_message, summarize
from tests.unit.storage.drafts import ALICE, BOB, CONVERSATION, DRAFT, OF_BOB, founds
from tests.world.world import START_MS, World


@pytest.fixture(autouse=True)
def founded(world: World) -> World:
    founds(world)
    return world


def test_a_summary_shows_the_newest_message_and_counts_those_of_others() -> None:
    for draft in (OF_BOB, DRAFT, OF_BOB):
        last = store_message(draft)

    assert summarize(CONVERSATION, 3, ALICE, 0, 100) == (last, 2)
    assert summarize(CONVERSATION, 3, BOB, 0, 100) == (last, 1)


@pytest.mark.parametrize(("last_read", "unread"), [(0, 12), (1, 11), (11, 1), (12, 0), (99, 0)])
def test_only_what_comes_after_the_read_mark_is_counted(last_read: int, unread: int) -> None:
    for _ in range(12):
        store_message(OF_BOB)

    newest, counted = summarize(CONVERSATION, 12, ALICE, last_read, 100)

    assert counted == unread
    assert newest is not None
    assert newest.seq == 12


def test_counting_stops_at_the_most_that_is_asked_for() -> None:
    for _ in range(12):
        store_message(OF_BOB)

    assert summarize(CONVERSATION, 12, ALICE, 0, 5)[1] == 5


def test_what_is_newer_than_asked_for_is_not_summarized() -> None:
    for number in range(4):
        store_message(replace(OF_BOB, content=str(number)))

    newest, counted = summarize(CONVERSATION, 2, ALICE, 0, 100)

    assert counted == 2
    assert newest is not None
    assert newest.content == "1"


def test_a_summary_looks_past_numbers_that_stay_unused() -> None:
    stored = store_message(OF_BOB)
    for _ in range(12):
        close_gap(CONVERSATION, next_seq(CONVERSATION, START_MS))

    assert summarize(CONVERSATION, 13, ALICE, 0, 100) == (stored, 1)
    assert summarize(CONVERSATION, 13, ALICE, 13, 100) == (stored, 0)


def test_a_conversation_without_messages_has_nothing_to_summarize() -> None:
    assert summarize(CONVERSATION, 0, ALICE, 0, 100) == (None, 0)


def test_what_is_all_read_is_summarized_in_one_request(founded: World) -> None:
    for _ in range(12):
        store_message(OF_BOB)
    requests: list[str] = []

    with founded.steps.telling(founded.dynamodb, before=lambda step: requests.append(step.name)):
        summarize(CONVERSATION, 12, ALICE, 12, 100)

    assert requests == ["Query"]
