"""What frames cost in a room of ten thousand live connections, a few of which have just ended."""

from collections.abc import Callable, Iterator
from math import ceil

import pytest

from chat.protocol.ids import ConnectionId
from chat.storage.tables import ConversationRow, RosterRow
from testing.capacity_meter import READ_BYTES, Bill, metered
from testing.item_size import item_size
from testing.people import Client
from testing.round_trips import RoundTrips, counting_round_trips
from testing.simulation import Simulation
from testing.stored import (
    fill_conversation,
    fill_members,
    find_stored,
    group_of_two,
    roster_row,
    running_simulation,
)

CONNECTIONS = 10_000
ENDED = 3

type BigRoom = tuple[Client, str]


@pytest.fixture(scope="module")
def big_room() -> Iterator[BigRoom]:
    with running_simulation() as simulation:
        alice, room = group_of_two(simulation)
        alice.says("Hello", to=room)
        fill_conversation(simulation, room, CONNECTIONS)
        fill_members(simulation, room, CONNECTIONS)
        end_first_sessions(simulation, room)
        yield alice, room


def end_first_sessions(simulation: Simulation, room: str) -> None:
    """End sessions whose rows are the first that a Query of the roster reads."""
    for number in range(ENDED):
        RosterRow(
            room,
            f"A{number}=",
            user_id="user-gone",
            username="gone",
            session_ends_at=simulation.now_ms - 1,
            expires_at=simulation.now_ms // 1000 + 60,
        ).save()


def measure(simulation: Simulation, act: Callable[[], object]) -> tuple[Bill, RoundTrips]:
    with (
        counting_round_trips(simulation) as trips,
        metered(simulation.dynamodb, find_stored) as bill,
    ):
        act()
    return bill, trips


def units_of(rows: int) -> int:
    row = roster_row("c" * 32, ConnectionId("L0SM9cOF000000w="), 1_000, 1_795_371_554_123)
    return ceil(rows * item_size(row) / READ_BYTES)


@pytest.mark.parametrize(
    ("frame", "other_reads"),
    [
        # The sender's row and tombstone.
        ("typing", 2),
        # The message and the reader's other connections as well.
        ("read_receipt", 4),
    ],
)
def test_frame_that_a_big_room_does_not_relay_reads_few_rows_of_its_roster(
    big_room: BigRoom, frame: str, other_reads: int
) -> None:
    alice, room = big_room
    about = {"conversationId": room} if frame == "typing" else {"messageId": f"{room}:1"}
    limit = alice.simulation.services.limits.big_room_connections

    bill, _ = measure(alice.simulation, lambda: alice.sends_without_reply(frame, **about))

    # Both Queries are rounded up to whole units.
    assert bill.read_units <= units_of(limit + 1 + ENDED) + 1 + other_reads


def test_owner_leaves_a_big_room_in_eleven_round_trips(big_room: BigRoom) -> None:
    alice, room = big_room
    members = CONNECTIONS

    bill, trips = measure(
        alice.simulation, lambda: alice.sends("leave_conversation", conversationId=room)
    )

    # The last one claims the wake that pushes the change.
    assert trips.all <= 11
    assert bill.write_units <= 18
    # The index of members, half a unit each 4 KB, and the roster once.
    assert bill.read_units <= units_of(members) + members * 110 / READ_BYTES / 2 + 5
    assert ConversationRow.get(room).member_count == members - 1
