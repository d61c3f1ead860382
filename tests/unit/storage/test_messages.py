from collections.abc import Callable
from copy import replace

import pytest

from chat.protocol.errors import NotAMember
from chat.protocol.ids import ClientMessageId, ConversationId, UserId
from chat.storage.conversations import find_conversation, next_seq
from chat.storage.message_pages import numbers_before, slots_after
from chat.storage.messages import (
    MAX_NOTES,
    Draft,
    find_message,
    find_sent,
    store_message,
)
from chat.storage.numbers import STORE_ATTEMPTS, SequenceExhausted, seal_gap
from chat.storage.ttl import SENT_SECONDS
from testing.injection import inject_before
from testing.simulation import START_MS, Simulation
from tests.unit.storage.message_fixtures import (
    BOB,
    CONVERSATION,
    DRAFT,
    RETRIED,
    create_conversation,
)

either_way = pytest.mark.parametrize("draft", [DRAFT, RETRIED], ids=["plain", "idempotent"])


@pytest.fixture(autouse=True)
def existing_conversation(simulation: Simulation) -> Simulation:
    create_conversation(simulation)
    return simulation


def slots(*seqs: int) -> list[tuple[int, bool]]:
    return [(seq, True) for seq in seqs]


def forward_slots(after: int = 0, last_seq: int = 99) -> list[tuple[int, bool]]:
    found = []
    while True:
        read = slots_after(CONVERSATION, after, last_seq, 2)
        found += [(each.seq, each.message is not None) for each in read.numbers]
        if read.is_last:
            return found
        after = read.numbers[-1].seq


def backward_slots(below: int = 99) -> list[int]:
    reads = list(numbers_before(CONVERSATION, below, 2))
    return [each.seq for read in reads for each in read.numbers]


# Storing.


@either_way
def test_stored_message_is_found_unchanged(draft: Draft) -> None:
    stored = store_message(draft)

    assert find_message(CONVERSATION, 1) == stored
    assert stored == draft.with_seq(1)


@pytest.mark.parametrize("content", ["x", "Grüße 😀", "\0\x01\u2028\ufffe", " ", '"\\'])
def test_message_keeps_all_characters(content: str) -> None:
    store_message(replace(DRAFT, content=content))

    found = find_message(CONVERSATION, 1)

    assert found is not None
    assert found.content == content


@either_way
def test_missing_conversation_stores_no_message(draft: Draft) -> None:
    nowhere = ConversationId("none")

    with pytest.raises(NotAMember):
        store_message(replace(draft, conversation_id=nowhere))

    assert find_message(nowhere, 1) is None


# Client message ids.


def test_senders_of_a_client_message_id_are_found_by_it() -> None:
    mine = store_message(RETRIED)
    his = store_message(replace(RETRIED, user_id=BOB))
    key = RETRIED.client_message_id
    assert key

    found = find_sent(CONVERSATION, key, START_MS)

    assert found == {RETRIED.user_id: mine.seq, BOB: his.seq}


@pytest.mark.parametrize("other", ["mm", "m#", 'm"', 'm"#user-bob', "M"])
def test_client_message_ids_with_a_common_prefix_differ(other: str) -> None:
    store_message(replace(RETRIED, client_message_id=ClientMessageId(other)))

    assert find_sent(CONVERSATION, ClientMessageId("m"), START_MS) == {}


def test_client_message_id_is_not_found_after_a_day() -> None:
    store_message(replace(RETRIED, client_message_id=ClientMessageId("m")))

    def found(after_seconds: int) -> int:
        now_ms = START_MS + after_seconds * 1000
        return len(find_sent(CONVERSATION, ClientMessageId("m"), now_ms))

    assert (found(SENT_SECONDS - 1), found(SENT_SECONDS)) == (1, 0)


def test_client_message_id_of_many_senders_is_found_in_one_request(
    existing_conversation: Simulation,
) -> None:
    for number in range(MAX_NOTES + 5):
        store_message(replace(RETRIED, user_id=UserId(f"user-{number}")))
    requests: list[str] = []

    with existing_conversation.steps.observing(
        existing_conversation.dynamodb, before=lambda step: requests.append(step.name)
    ):
        found = find_sent(CONVERSATION, RETRIED.client_message_id or ClientMessageId(""), START_MS)

    assert len(found) == MAX_NOTES
    assert requests == ["Query"]


def test_the_same_client_message_id_is_stored_once() -> None:
    first = store_message(RETRIED)

    again = store_message(replace(RETRIED, content="Hello?", created_at=START_MS + 1))

    assert again == first
    assert forward_slots() == [(1, True), (2, False)]


@pytest.mark.parametrize(
    ("later_ms", "is_same"),
    [(0, True), (SENT_SECONDS * 1000 - 1_000, True), (SENT_SECONDS * 1000, False)],
)
def test_client_message_id_prevents_duplicates_for_a_day(later_ms: int, *, is_same: bool) -> None:
    first = store_message(RETRIED)

    later = store_message(replace(RETRIED, created_at=START_MS + later_ms))

    assert (later == first) is is_same


# Sealed numbers.


def sealing_every_number(operation: str) -> tuple[str, Callable[[], None]]:
    def close() -> None:
        state = find_conversation(CONVERSATION)
        assert state is not None
        seal_gap(CONVERSATION, state.last_seq)

    return operation, close


@pytest.mark.parametrize(
    ("draft", "operation"), [(DRAFT, "PutItem"), (RETRIED, "TransactWriteItems")]
)
def test_storing_fails_after_its_numbers_were_closed_repeatedly(
    existing_conversation: Simulation, draft: Draft, operation: str
) -> None:
    with (
        inject_before(
            existing_conversation, *sealing_every_number(operation), times=STORE_ATTEMPTS
        ),
        pytest.raises(SequenceExhausted),
    ):
        store_message(draft)

    assert forward_slots() == [(seq, False) for seq in range(1, STORE_ATTEMPTS + 1)]


def test_number_with_a_message_is_not_sealed() -> None:
    stored = store_message(DRAFT)

    assert not seal_gap(CONVERSATION, 1)

    assert find_message(CONVERSATION, 1) == stored


def test_sealing_twice_equals_sealing_once() -> None:
    next_seq(CONVERSATION, START_MS)
    seal_gap(CONVERSATION, 1)

    assert seal_gap(CONVERSATION, 1)

    assert forward_slots() == [(1, False)]


# Pages.


def test_slots_are_listed_in_both_directions_over_several_pages() -> None:
    for _ in range(5):
        store_message(DRAFT)

    assert forward_slots() == slots(1, 2, 3, 4, 5)
    assert forward_slots(after=3) == slots(4, 5)
    assert forward_slots(after=5) == []
    assert forward_slots(last_seq=4) == slots(1, 2, 3, 4)
    assert forward_slots(after=2, last_seq=3) == slots(3)
    assert forward_slots(after=3, last_seq=3) == []
    assert backward_slots() == [5, 4, 3, 2, 1]
    assert backward_slots(below=3) == [2, 1]
    assert backward_slots(below=1) == []


def test_slots_of_another_conversation_are_not_listed() -> None:
    store_message(DRAFT)
    seal_gap(ConversationId("d"), 7)

    assert forward_slots() == slots(1)
