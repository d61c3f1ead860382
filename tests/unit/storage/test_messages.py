from collections.abc import Callable
from copy import replace

import pytest

from chat.protocol.errors import NotAMember
from chat.protocol.ids import ClientMessageId, ConversationId, UserId
from chat.protocol.server_frames import Message
from chat.storage.conversations import find_conversation, next_seq
from chat.storage.message_pages import messages_before, slots_after
from chat.storage.messages import (
    MAX_NOTES,
    STORE_ATTEMPTS,
    Draft,
    SequenceExhausted,
    find_message,
    find_sent,
    seal_gap,
    store_message,
)
from chat.storage.ttl import SENT_SECONDS
from testing.injection import inject_before
from testing.simulation import START_MS, Simulation
from tests.unit.storage.drafts import BOB, CONVERSATION, DRAFT, RETRIED, founds

either_way = pytest.mark.parametrize("draft", [DRAFT, RETRIED], ids=["plain", "idempotent"])


@pytest.fixture(autouse=True)
def founded(simulation: Simulation) -> Simulation:
    founds(simulation)
    return simulation


def numbered(*seqs: int) -> list[tuple[int, bool]]:
    return [(seq, True) for seq in seqs]


def going_up(after: int = 0, last_seq: int = 99) -> list[tuple[int, bool]]:
    reads = list(slots_after(CONVERSATION, after, last_seq, 2))
    return [(each.seq, each.message is not None) for read in reads for each in read.numbers]


def going_down(below: int = 99) -> list[int]:
    reads = list(messages_before(CONVERSATION, below, 2))
    return [each.seq for read in reads for each in read.numbers]


# Storing.


@either_way
def test_what_is_stored_is_found_whole(draft: Draft) -> None:
    stored = store_message(draft)

    assert find_message(CONVERSATION, 1) == stored
    assert stored == draft.with_seq(1)


@pytest.mark.parametrize("content", ["x", "Grüße 😀", "\0\x01\u2028\ufffe", " ", '"\\'])
def test_any_characters_are_kept(content: str) -> None:
    store_message(replace(DRAFT, content=content))

    found = find_message(CONVERSATION, 1)

    assert found is not None
    assert found.content == content


@either_way
def test_each_message_has_the_next_number(draft: Draft) -> None:
    drafts = [replace(draft, content=str(number)) for number in range(3)]
    if draft.client_message_id:
        drafts = [replace(d, client_message_id=ClientMessageId(d.content)) for d in drafts]

    stored = [store_message(each).seq for each in drafts]

    assert stored == [1, 2, 3]


@either_way
def test_a_conversation_that_does_not_exist_takes_no_message(draft: Draft) -> None:
    nowhere = ConversationId("none")

    with pytest.raises(NotAMember):
        store_message(replace(draft, conversation_id=nowhere))

    assert find_message(nowhere, 1) is None


# Once for each client message id.


def test_who_sent_an_id_is_found_by_the_id_alone() -> None:
    mine = store_message(RETRIED)
    his = store_message(replace(RETRIED, user_id=BOB))
    key = RETRIED.client_message_id
    assert key

    found = find_sent(CONVERSATION, key, START_MS)

    assert found == {RETRIED.user_id: mine.seq, BOB: his.seq}


@pytest.mark.parametrize("other", ["mm", "m#", 'm"', 'm"#user-bob', "M"])
def test_an_id_that_begins_like_another_is_another(other: str) -> None:
    store_message(replace(RETRIED, client_message_id=ClientMessageId(other)))

    assert find_sent(CONVERSATION, ClientMessageId("m"), START_MS) == {}


def test_an_id_is_forgotten_after_a_day() -> None:
    store_message(replace(RETRIED, client_message_id=ClientMessageId("m")))

    def found(after_seconds: int) -> int:
        now_ms = START_MS + after_seconds * 1000
        return len(find_sent(CONVERSATION, ClientMessageId("m"), now_ms))

    assert (found(SENT_SECONDS - 1), found(SENT_SECONDS)) == (1, 0)


def test_an_id_that_very_many_sent_is_one_request(founded: Simulation) -> None:
    for number in range(MAX_NOTES + 5):
        store_message(replace(RETRIED, user_id=UserId(f"user-{number}")))
    requests: list[str] = []

    with founded.steps.telling(founded.dynamodb, before=lambda step: requests.append(step.name)):
        found = find_sent(CONVERSATION, RETRIED.client_message_id or ClientMessageId(""), START_MS)

    assert len(found) == MAX_NOTES
    assert requests == ["Query"]


def test_the_same_client_message_id_is_stored_once() -> None:
    first = store_message(RETRIED)

    again = store_message(replace(RETRIED, content="Hello?", created_at=START_MS + 1))

    assert again == first
    assert going_up() == [(1, True), (2, False)]


def test_a_number_taken_for_a_retry_is_given_up_at_once() -> None:
    store_message(RETRIED)

    store_message(RETRIED)

    assert not seal_gap(CONVERSATION, 1)
    assert (2, False) in going_up()


@pytest.mark.parametrize(
    "other",
    [
        replace(RETRIED, user_id=BOB),
        replace(RETRIED, client_message_id=ClientMessageId("n")),
    ],
    ids=["user", "id"],
)
def test_a_client_message_id_is_its_users_own(other: Draft) -> None:
    first = store_message(RETRIED)

    assert store_message(other) != first


@pytest.mark.parametrize(
    ("later_ms", "is_same"),
    [(0, True), (SENT_SECONDS * 1000 - 1_000, True), (SENT_SECONDS * 1000, False)],
)
def test_a_client_message_id_counts_for_a_day(later_ms: int, *, is_same: bool) -> None:
    first = store_message(RETRIED)

    later = store_message(replace(RETRIED, created_at=START_MS + later_ms))

    assert (later == first) is is_same


def test_a_retry_that_overtakes_the_first_is_the_one_that_is_stored(founded: Simulation) -> None:
    overtaking: list[Message] = []

    def retry() -> None:
        overtaking.append(store_message(RETRIED))

    with inject_before(founded, "TransactWriteItems", retry):
        stored = store_message(RETRIED)

    assert [stored] == overtaking
    assert going_up() == [(1, False), (2, True)]


# Numbers that are closed.


def test_a_closed_number_has_no_message_and_never_will(founded: Simulation) -> None:
    with inject_before(founded, "PutItem", lambda: seal_gap(CONVERSATION, 1)):
        stored = store_message(DRAFT)

    assert stored.seq == 2
    assert find_message(CONVERSATION, 1) is None
    assert going_up() == [(1, False), (2, True)]


def test_an_idempotent_message_takes_another_number_as_well(founded: Simulation) -> None:
    with inject_before(founded, "TransactWriteItems", lambda: seal_gap(CONVERSATION, 1)):
        stored = store_message(RETRIED)

    assert stored.seq == 2
    assert store_message(RETRIED) == stored


def closing_every_number(operation: str) -> tuple[str, Callable[[], None]]:
    def close() -> None:
        state = find_conversation(CONVERSATION)
        assert state is not None
        seal_gap(CONVERSATION, state.last_seq)

    return operation, close


@pytest.mark.parametrize(
    ("draft", "operation"), [(DRAFT, "PutItem"), (RETRIED, "TransactWriteItems")]
)
def test_a_message_whose_every_number_is_taken_away_fails_in_the_end(
    founded: Simulation, draft: Draft, operation: str
) -> None:
    with (
        inject_before(founded, *closing_every_number(operation), times=STORE_ATTEMPTS),
        pytest.raises(SequenceExhausted),
    ):
        store_message(draft)

    assert going_up() == [(seq, False) for seq in range(1, STORE_ATTEMPTS + 1)]


def test_a_number_that_has_a_message_is_not_closed() -> None:
    stored = store_message(DRAFT)

    assert not seal_gap(CONVERSATION, 1)

    assert find_message(CONVERSATION, 1) == stored


def test_closing_twice_is_closing_once() -> None:
    next_seq(CONVERSATION, START_MS)
    seal_gap(CONVERSATION, 1)

    assert seal_gap(CONVERSATION, 1)

    assert going_up() == [(1, False)]


# Going up and down.


def test_numbers_are_gone_through_in_both_directions_over_any_number_of_pages() -> None:
    for _ in range(5):
        store_message(DRAFT)

    assert going_up() == numbered(1, 2, 3, 4, 5)
    assert going_up(after=3) == numbered(4, 5)
    assert going_up(after=5) == []
    assert going_up(last_seq=4) == numbered(1, 2, 3, 4)
    assert going_up(after=2, last_seq=3) == numbered(3)
    assert going_up(after=3, last_seq=3) == []
    assert going_down() == [5, 4, 3, 2, 1]
    assert going_down(below=3) == [2, 1]
    assert going_down(below=1) == []


def test_a_conversation_keeps_to_its_own_numbers() -> None:
    store_message(DRAFT)
    seal_gap(ConversationId("d"), 7)

    assert going_up() == numbered(1)
