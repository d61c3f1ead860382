"""`summarize` takes few requests."""

from collections.abc import Iterable
from copy import replace
from typing import Any

import pytest
from moto.dynamodb.models.table import Table

from chat.protocol.server_messages import Message
from chat.storage.message_pages import summarize
from chat.storage.messages import store_message
from testing.simulation import Simulation
from testing.snapshots import stored_tables
from tests.unit.storage.message_fixtures import (
    ALICE,
    CONVERSATION,
    DRAFT,
    OF_BOB,
    create_conversation,
)


@pytest.fixture(autouse=True)
def existing_conversation(simulation: Simulation) -> Simulation:
    create_conversation(simulation)
    return simulation


def put_rows(
    messages: Iterable[Message] = (), owns: Iterable[int] = (), unused: Iterable[int] = ()
) -> None:
    """Store messages, alice's messages by number, and unused marks, without a request."""
    table = stored_tables()["MessagesTable"]
    for message in (*messages, *(DRAFT.with_seq(seq) for seq in owns)):
        row = {"user_id": message.user_id, "username": message.username, "content": "x"}
        _put(table, message.seq, {key: {"S": value} for key, value in row.items()} | KIND)
    for seq in unused:
        _put(table, seq, {"unused": {"BOOL": True}})


def _put(table: Table, seq: int, row: dict[str, Any]) -> None:
    table.put_item({"conversation_id": {"S": CONVERSATION}, "seq": {"N": str(seq)}, **row})


KIND = {"type": {"S": "text"}, "created_at": {"N": "1"}}


def test_summary_ignores_messages_newer_than_the_limit() -> None:
    for number in range(4):
        store_message(replace(OF_BOB, content=str(number)))

    latest = summarize(CONVERSATION, 2, ALICE, 0, 100)

    assert latest.unread == 2
    assert latest.newest is not None
    assert latest.newest.content == "1"


def requests_of(
    simulation: Simulation, last_seq: int, last_read_seq: int, expected: int
) -> list[str]:
    """Summarize for alice, check the unread count, and return the requests."""
    requests: list[str] = []
    with simulation.steps.observing(
        simulation.dynamodb, before=lambda step: requests.append(step.name)
    ):
        latest = summarize(CONVERSATION, last_seq, ALICE, last_read_seq, 100)
    assert latest.unread == expected
    return requests


@pytest.mark.parametrize("last_read", [0, 5, 12])
def test_a_summary_is_one_request(existing_conversation: Simulation, last_read: int) -> None:
    for _ in range(12):
        store_message(OF_BOB)

    assert requests_of(existing_conversation, 12, last_read, expected=12 - last_read) == ["Query"]


def test_summary_of_many_own_messages_is_one_request(existing_conversation: Simulation) -> None:
    put_rows([OF_BOB.with_seq(1)], owns=range(2, 1500))

    assert requests_of(existing_conversation, 1500, 0, expected=0) == ["Query"]


def test_summary_of_many_unread_messages_is_one_request(existing_conversation: Simulation) -> None:
    put_rows([OF_BOB.with_seq(seq) for seq in range(1, 300)])

    assert requests_of(existing_conversation, 299, 0, expected=100) == ["Query"]


@pytest.mark.parametrize("last_read", [0, 1, 3_000])
def test_summary_over_many_unused_numbers_is_two_requests(
    existing_conversation: Simulation, last_read: int
) -> None:
    put_rows([OF_BOB.with_seq(1)], unused=range(2, 3_001))

    requests = requests_of(existing_conversation, 3_000, last_read, expected=int(last_read == 0))

    assert requests == ["Query", "Query"]
