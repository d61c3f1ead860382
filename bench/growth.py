"""How the work for a frame grows: with its room, with everybody else, with what one is a member of.

`python -m bench.growth`: the real handlers over moto's tables. Requests, capacity and pushes are
counted, so the numbers are the same on every machine. The last line is JSON.
"""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import batched

from msgspec import Struct, to_builtins

from bench.aws_sample_baseline import send_as_aws_sample
from chat.push.queue_bodies import encode_shards
from testing.capacity_meter import Bill, metered
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.stored import (
    fill_conversation,
    fill_elsewhere,
    fill_memberships,
    find_stored,
    group_of_two,
    running_simulation,
)

ROOMS = (2, 10, 100, 1_000, 10_000)
ELSEWHERE = (10, 10_000, 100_000)
CONVERSATIONS = (1, 50, 500)
SAMPLE_CONNECTIONS = (10, 1_000, 10_000)
CONTENT = "x" * 200
CONNECTIONS_A_SHARD = 500
MOST_FOR_ALL_FRAMES = 1_000  # moto takes seconds for a Query of a larger room


class Work(Struct, frozen=True):
    """What one frame asks of AWS."""

    requests: int
    read_units: float
    write_units: float
    posts: int = 0
    queued: int = 0


type Ask = Callable[[], object]
type Table = dict[str, dict[int, Work]]


def main() -> None:
    table = everything()
    for title, rows in table.items():
        sys.stdout.write(f"\n{title}\n")
        for size, work in rows.items():
            sys.stdout.write(f"  {size:>8,} {_line(work)}\n")
    sys.stdout.write(json.dumps(to_builtins(table, str_keys=True)) + "\n")


def everything() -> Table:
    return {
        **by_room(ROOMS),
        **beside(ELSEWHERE),
        "authenticate, conversations": authenticating(CONVERSATIONS),
        **against_the_sample(SAMPLE_CONNECTIONS),
    }


def by_room(sizes: Sequence[int]) -> Table:
    """Send each frame of a conversation in rooms of so many live connections, pushed one by one."""
    table: Table = {}
    for size in sizes:
        with running_simulation() as simulation:
            # `bench.batches` counts rooms whose frames wait for a wake.
            simulation.services = simulation.with_limits(batch_room_connections=max(sizes))
            alice, group = group_of_two(simulation)
            fill_conversation(simulation, group, size)
            for name, ask in frames(alice, group).items():
                if size <= MOST_FOR_ALL_FRAMES or name.startswith("chat_message"):
                    table.setdefault(f"{name}, live connections", {})[size] = count(simulation, ask)
    return table


def beside(sizes: Iterable[int]) -> Table:
    """Send each frame in a room of ten while so many connections are open elsewhere."""
    table: Table = {}
    for size in sizes:
        with running_simulation() as simulation:
            alice, group = group_of_two(simulation)
            fill_conversation(simulation, group, 10)
            fill_elsewhere(simulation, size)
            for name, ask in frames(alice, group).items():
                table.setdefault(f"{name}, unrelated connections", {})[size] = count(
                    simulation, ask
                )
    return table


def authenticating(sizes: Iterable[int]) -> dict[int, Work]:
    """Come back with a token, as a member of so many conversations."""
    return {size: _authenticating(size) for size in sizes}


def against_the_sample(sizes: Iterable[int]) -> Table:
    """Send a message to a room of ten among so many connections, in both ways."""
    table: Table = {"ours, connections in all": {}, "the sample's, connections in all": {}}
    for size in sizes:
        with running_simulation() as simulation:
            alice, group = group_of_two(simulation)
            fill_conversation(simulation, group, 10)
            fill_elsewhere(simulation, size - 2)
            ours, its = table.values()
            ours[size] = count(simulation, frames(alice, group)["chat_message"])
            its[size] = count(
                simulation,
                partial(send_as_aws_sample, simulation.dynamodb, simulation.sockets),
            )
    return table


def frames(alice: Client, group: str) -> dict[str, Ask]:
    """List the frames of a conversation that alice can send, a message being the first."""
    once = {"to": group, "clientMessageId": "8f14e45fceea167a"}
    heard, seen = f"{group}:1", {"positions": {group: 1}}
    return {
        "chat_message": lambda: alice.says(CONTENT, **once),
        "chat_message without clientMessageId": lambda: alice.says(CONTENT, to=group),
        "typing": lambda: alice.sends_without_reply("typing", conversationId=group),
        "read_receipt": lambda: alice.sends_without_reply("read_receipt", messageId=heard),
        "heartbeat": lambda: alice.sends("heartbeat"),
        "heartbeat with positions": lambda: alice.sends("heartbeat", data=seen),
        "history": lambda: alice.sends("history", conversationId=group),
    }


def count(simulation: Simulation, ask: Ask) -> Work:
    simulation.sockets.received.clear()
    simulation.queues.clear()
    with metered(simulation.dynamodb, find_stored) as bill:
        ask()
    posts = sum(map(len, simulation.sockets.received.values()))
    return _work(bill, posts, _queued(simulation))


def _authenticating(conversations: int) -> Work:
    with running_simulation() as simulation:
        alice = Person(simulation, "alice").logs_in()
        fill_memberships(alice.user, conversations)
        again = Client(simulation, simulation.connect(), alice.user)
        proof = {"token": alice.token}
        return count(simulation, lambda: again.sends("authenticate", data=proof))


def _work(bill: Bill, posts: int, queued: int) -> Work:
    return Work(len(bill.requests), bill.read_units, bill.write_units, posts, queued)


def _queued(simulation: Simulation) -> int:
    """Count the messages that the queue is handed for the shards of big rooms."""
    return sum(
        len(list(encode_shards(queued._replace(connection_ids=part))))
        for queued in simulation.queues.shards
        for part in batched(queued.connection_ids, CONNECTIONS_A_SHARD, strict=False)
    )


def _line(work: Work) -> str:
    return (
        f"{work.requests:6} requests {work.read_units:9,.1f} read {work.write_units:7,.1f} written"
        f" {work.posts:8,} posts {work.queued:4} queued"
    )


if __name__ == "__main__":
    main()
