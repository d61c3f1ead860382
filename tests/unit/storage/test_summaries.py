"""What `summarize` says of a conversation in few requests."""

from collections.abc import Iterable
from copy import replace
from typing import Any

import pytest
from moto.dynamodb.models.table import Table

from chat.protocol.server_frames import Message
from chat.storage.conversations import next_seq
from chat.storage.message_pages import summarize
from chat.storage.messages import seal_gap, store_message
from testing.simulation import START_MS, Simulation
from testing.snapshots import stored_tables
from tests.unit.storage.drafts import ALICE, BOB, CONVERSATION, DRAFT, OF_BOB, founds


@pytest.fixture(autouse=True)
def founded(simulation: Simulation) -> Simulation:
    founds(simulation)
    return simulation


def put_rows(
    messages: Iterable[Message] = (), owns: Iterable[int] = (), unused: Iterable[int] = ()
) -> None:
    """Store messages of bob, of alice (whose numbers are given), and marks, without a request."""
    table = stored_tables()["MessagesTable"]
    for message in (*messages, *(DRAFT.with_seq(seq) for seq in owns)):
        row = {"user_id": message.user_id, "username": message.username, "content": "x"}
        _put(table, message.seq, {key: {"S": value} for key, value in row.items()} | KIND)
    for seq in unused:
        _put(table, seq, {"unused": {"BOOL": True}})


def _put(table: Table, seq: int, row: dict[str, Any]) -> None:
    table.put_item({"conversation_id": {"S": CONVERSATION}, "seq": {"N": str(seq)}, **row})


KIND = {"type": {"S": "text"}, "created_at": {"N": "1"}}


def test_a_summary_shows_the_newest_message_and_counts_those_of_others() -> None:
    for draft in (OF_BOB, OF_BOB, OF_BOB):
        last = store_message(draft)

    assert summarize(CONVERSATION, 3, ALICE, 0, 100) == (last, 3)


def test_what_came_before_an_own_message_is_read() -> None:
    for draft in (OF_BOB, DRAFT, OF_BOB):
        last = store_message(draft)

    assert summarize(CONVERSATION, 3, ALICE, 0, 100) == (last, 1)
    assert summarize(CONVERSATION, 3, BOB, 0, 100) == (last, 0)


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
        seal_gap(CONVERSATION, next_seq(CONVERSATION, START_MS))

    assert summarize(CONVERSATION, 13, ALICE, 0, 100) == (stored, 1)
    assert summarize(CONVERSATION, 13, ALICE, 13, 100) == (stored, 0)


def test_a_conversation_without_messages_has_nothing_to_summarize() -> None:
    assert summarize(CONVERSATION, 0, ALICE, 0, 100) == (None, 0)


def requests_of(
    simulation: Simulation, last_seq: int, last_read_seq: int, expected: int
) -> list[str]:
    """Summarize for alice, of whom so many are unread; the requests that it takes."""
    requests: list[str] = []
    with simulation.steps.telling(
        simulation.dynamodb, before=lambda step: requests.append(step.name)
    ):
        _, unread = summarize(CONVERSATION, last_seq, ALICE, last_read_seq, 100)
    assert unread == expected
    return requests


@pytest.mark.parametrize("last_read", [0, 5, 12])
def test_a_summary_is_one_request(founded: Simulation, last_read: int) -> None:
    for _ in range(12):
        store_message(OF_BOB)

    assert requests_of(founded, 12, last_read, expected=12 - last_read) == ["Query"]


def test_any_number_of_own_messages_is_one_request(founded: Simulation) -> None:
    put_rows([OF_BOB.with_seq(1)], owns=range(2, 1500))

    assert requests_of(founded, 1500, 0, expected=0) == ["Query"]


def test_more_unread_messages_than_are_counted_are_one_request(founded: Simulation) -> None:
    put_rows([OF_BOB.with_seq(seq) for seq in range(1, 300)])

    assert requests_of(founded, 299, 0, expected=100) == ["Query"]


@pytest.mark.parametrize("last_read", [0, 1, 3_000])
def test_any_number_of_unused_numbers_is_two_requests(founded: Simulation, last_read: int) -> None:
    put_rows([OF_BOB.with_seq(1)], unused=range(2, 3_001))

    requests = requests_of(founded, 3_000, last_read, expected=int(last_read == 0))

    assert requests == ["Query", "Query"]
