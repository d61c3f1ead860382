"""What each frame costs: round trips, and units of capacity."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from chat.push.deferred import Shard, encode_shards
from testing.bystanders import add_bystanders
from testing.capacity_meter import metered
from testing.group import Group, create_group
from testing.round_trips import counting_round_trips
from testing.simulation import ALWAYS, NEVER, PASSWORD_OF_ALL, Simulation
from testing.stored import find_stored

CONTENT = "x" * 880
"""With its attributes a message just under one kilobyte, which is one unit to write."""


class Cost(NamedTuple):
    trips: int
    """Those before the first push, or before the reply where nothing is pushed."""
    read_units: float
    write_units: float


class Measured(NamedTuple):
    cost: Cost
    operations: list[str]


def measure_all(others: int) -> Mapping[str, Measured]:
    """Measure every frame and event while so many others are there."""
    simulation = Simulation()
    room = create_group(simulation).with_bob()
    add_bystanders(simulation, others)
    return {name: _measure(simulation, act) for name, act in _acts(room)}


def _measure(simulation: Simulation, act: Callable[[], Any]) -> Measured:
    with (
        counting_round_trips(simulation) as trips,
        metered(simulation.dynamodb, find_stored) as bill,
    ):
        act()
    cost = Cost(trips.before_first_push, bill.read_units, bill.write_units)
    return Measured(cost, bill.operations)


def _acts(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Give what is measured, in an order in which one makes the next possible.

    The room is a group of three people at four connections.
    """
    yield from _coming(room)
    yield from _talking(room)
    yield from _changing(room)
    yield from _listing(room)
    yield from _going(room)


def _coming(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    simulation = room.simulation
    yield "`$connect`", simulation.connect
    fresh = room.arriving(room.his)
    body = f'{{"connection_id":"{fresh.connection_id}"}}'
    yield "the greeting", lambda: simulation.consume("greet", body)
    yield "`authenticate` with a token", room.authenticates(fresh)
    data = {"username": "bob", "password": PASSWORD_OF_ALL}
    by_password = room.sends(fresh, {"type": "authenticate", "data": data})
    yield "`authenticate` with a password", by_password
    yield "the deadline of who is authenticated", lambda: simulation.consume("auth_deadline", body)
    yield "`$disconnect`", room.disconnects(fresh)


def _talking(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    positions = {room.conversation: 0}
    yield "`heartbeat`", room.asks(room.hers, "heartbeat")
    unmoved = room.asks(room.hers, "heartbeat", positions=positions)
    yield "`heartbeat` with positions, nothing new", unmoved
    yield "`chat_message`", room.says(room.hers, CONTENT, key="1")
    yield "`chat_message` sent again", room.says(room.hers, CONTENT, key="1")
    yield "`chat_message` without `clientMessageId`", room.says(room.hers, CONTENT)
    moved = room.asks(room.hers, "heartbeat", positions=positions)
    yield "`heartbeat` with positions, something new", moved
    yield "`typing`", room.asks(room.hers, "typing")
    yield "`read_receipt`", room.reads(room.his, 1)
    yield "`read_receipt` of what is read", room.reads(room.his, 1)
    yield "`history`, the newest", room.asks(room.his, "history")
    yield "`history` after a number", room.asks(room.his, "history", after_seq=0)
    yield "`history` after the last number", room.asks(room.his, "history", after_seq=2)
    yield from _counted(room)


def _counted(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Give the frames of which one in so many is counted, when they are; the last two too much."""
    simulation, typing = room.simulation, room.asks(room.carols, "typing")
    simulation.random = ALWAYS
    yield "`chat_message`, counted", room.says(room.hers, CONTENT, key="2")
    yield "`typing`, counted", typing
    yield "`read_receipt`, counted", room.reads(room.his, 3)
    usual, simulation.services = simulation.services, simulation.with_limits(typing_per_minute=1)
    yield "`typing`, counted and too much", typing
    simulation.services, simulation.random = usual, NEVER
    yield "`typing`, held back", typing


def _changing(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    def creates(kind: str) -> Callable[[], Any]:
        data = {"kind": kind, "members": ["bob"]}
        return room.sends(room.hers, {"type": "create_conversation", "data": data})

    yield "`create_conversation` of a group of two", creates("group")
    yield "`create_conversation` of a direct one", creates("direct")
    yield "`create_conversation` of a direct one that is there", creates("direct")
    yield "`remove_member`", room.removes(room.hers)
    room.simulation.passes(seconds=1)
    yield "`add_members`, one", room.adds(room.hers)
    yield "`add_members`, one who is a member", room.adds(room.hers)
    yield "`leave_conversation`", room.asks(room.his, "leave_conversation")


def _listing(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "`list_conversations`, three of them", room.asks(room.hers, "list_conversations")
    yield "`list_members`", room.asks(room.hers, "list_members")


def _going(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    simulation = room.simulation
    shard = Shard(room.conversation, [room.carols.connection_id], b"{}")
    [body] = encode_shards(shard)
    yield "a shard of a big room", lambda: simulation.consume("fanout", body)
    yield "`sign_out` at one of two connections", room.asks(room.hers, "sign_out")
    late = f'{{"connection_id":"{room.arriving(room.his).connection_id}"}}'
    yield "the deadline of who is not", lambda: simulation.consume("auth_deadline", late)
