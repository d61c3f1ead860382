"""Requests are billed by the sizes of what they read and write."""

from typing import Any

import pytest

from chat.protocol.ids import ConnectionId, ConversationId
from chat.storage.connections import find_connection, put_connection
from chat.storage.database import transaction
from chat.storage.message_pages import taken_numbers
from chat.storage.roster import read_roster
from chat.storage.tables import MembershipRow, MessageRow, ProfileRow, SentRow
from testing.capacity_meter import metered, read_units
from testing.people import Client
from testing.simulation import START_MS, Simulation
from testing.stored import find_stored

KB = "x" * 1_000


def message(seq: int, content: str) -> MessageRow:
    return MessageRow("c", seq, content=content)


def test_item_read_costs_a_unit_per_four_kilobytes(simulation: Simulation) -> None:
    put_connection(ConnectionId("c="), "192.0.2.7", START_MS)

    with metered(simulation.dynamodb, find_stored) as bill:
        find_connection(ConnectionId("c="))

    assert (bill.operations, bill.read_units, bill.write_units) == (["GetItem"], 1, 0)


@pytest.mark.parametrize(("kilobytes", "units"), [(0, 1), (1, 2), (5, 5)])
def test_write_costs_a_unit_per_kilobyte(
    simulation: Simulation, kilobytes: int, units: int
) -> None:
    with metered(simulation.dynamodb, find_stored) as bill:
        message(1, KB * kilobytes + "x").save()

    assert bill.write_units == units


def test_overwriting_costs_by_the_larger_item(simulation: Simulation) -> None:
    message(1, KB * 3).save()

    with metered(simulation.dynamodb, find_stored) as bill:
        message(1, "x").save()

    assert bill.write_units == 3


def test_write_with_a_failed_condition_is_billed(simulation: Simulation) -> None:
    message(1, "x").save()

    with (
        metered(simulation.dynamodb, find_stored) as bill,
        pytest.raises(Exception, match="condition"),
    ):
        message(1, "y").save(condition=MessageRow.seq.does_not_exist())

    assert bill.write_units == 1


def test_a_transaction_costs_twice(simulation: Simulation) -> None:
    with metered(simulation.dynamodb, find_stored) as bill, transaction() as writes:
        writes.save(message(1, "x"))
        writes.save(SentRow("c", "u#m", seq=1, expires_at=1))

    assert (bill.operations, bill.write_units) == (["TransactWriteItems"], 4)


def test_indexed_write_is_billed_twice(simulation: Simulation) -> None:
    with metered(simulation.dynamodb, find_stored) as bill:
        MembershipRow("u", "c", username="n", role="member", joined_at=0, last_read_seq=0).save()

    assert bill.write_units == 2


def test_index_is_written_if_it_shows_something_else(simulation: Simulation) -> None:
    def units(name: str | None = None, folded: str = "al", picture_id: str | None = None) -> float:
        row = ProfileRow("u", username="alice", username_initial="a", picture_id=picture_id)
        if name:
            row.display_name, row.folded_name, row.name_initial = name, folded, "a"
        with metered(simulation.dynamodb, find_stored) as bill:
            row.save()
        return bill.write_units

    assert units() == 1 + 1
    assert units("Al") == 1 + 2
    assert units("Al") == 1
    assert units("Al", picture_id="p") == 1 + 2
    assert units("Al", folded="bo", picture_id="p") == 1 + 2
    assert units() == 1 + 2


def test_query_costs_by_the_total_size_read(simulation: Simulation, alices: Client) -> None:
    group = alices.creates()

    with metered(simulation.dynamodb, find_stored) as bill:
        read_roster(group, simulation.now_ms)  # type: ignore[arg-type]  # an id

    assert (bill.operations, bill.read_units) == (["Query"], 1)


def test_query_for_parts_of_items_costs_by_the_whole_items(simulation: Simulation) -> None:
    for seq in (1, 2, 3):
        message(seq, KB * 4).save()

    with metered(simulation.dynamodb, find_stored) as bill:
        taken_numbers(ConversationId("c"), 1, 3)

    assert bill.read_units == 3


@pytest.mark.parametrize(
    ("operation", "parameters", "answer", "units"),
    [
        ("Query", {"ConsistentRead": True}, {"Items": [{"a": {"S": "x" * 2_000}}] * 5}, 3),
        ("Query", {}, {"Items": [{"a": {"S": "x" * 2_000}}] * 5}, 1.5),
        ("Scan", {}, {"Items": []}, 0.5),
        ("GetItem", {"ConsistentRead": True}, {"Item": {"a": {"S": "x" * 4_096}}}, 2),
        ("GetItem", {}, {}, 0.5),
        (
            "BatchGetItem",
            {"RequestItems": {"T": {"Keys": [{}, {}, {}], "ConsistentRead": True}}},
            {"Responses": {"T": [{"a": {"S": "x" * 5_000}}]}},
            4,
        ),
    ],
)
def test_eventually_consistent_reads_cost_half(
    operation: str, parameters: dict[str, Any], answer: dict[str, Any], units: float
) -> None:
    assert read_units(operation, parameters, answer) == units
