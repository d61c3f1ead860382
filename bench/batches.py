"""How much a room of 10,000 takes whose new messages are pushed once a second.

`python -m bench.batches`: the real handlers over moto's tables, with a clock that a wake's delay
passes on. Posts, requests and capacity are counted, so they are the same on every machine. The last
line is JSON.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from msgspec import Struct

from chat.push.queue_bodies import Wake, encode_wake
from testing.capacity_meter import metered
from testing.people import Client
from testing.simulation import Simulation
from testing.stored import fill_conversation, find_stored, group_of_two, running_simulation

LIVE_CONNECTIONS = 10_000
RATES = (1, 10, 50)
SECONDS = 1
CONTENT = "x" * 200


class Asked(Struct):
    """What runs of a function asked of AWS."""

    runs: int = 0
    requests: int = 0
    read_units: float = 0.0
    write_units: float = 0.0


class Talk(Struct, frozen=True):
    """Some seconds in a big room."""

    messages_a_second: int
    seconds: int
    senders: Asked
    wakes: Asked
    shards: Asked
    posts: int
    posted_bytes: int
    longest_wait_ms: int
    """From storing a message to pushing it, without what functions and queues take."""

    @property
    def messages(self) -> int:
        return self.messages_a_second * self.seconds

    @property
    def read_units(self) -> float:
        return sum(each.read_units for each in (self.senders, self.wakes, self.shards))


def main() -> None:
    talks = everything()
    for each in talks:
        sys.stdout.write(
            f"{each.messages_a_second:3} messages/s: {each.posts / each.seconds:9,.0f} posts/s,"
            f" {each.read_units / each.seconds:7,.0f} read units/s,"
            f" longest wait {each.longest_wait_ms:,} ms\n"
        )
    sys.stdout.write(json.dumps(figures(talks)) + "\n")


def everything(
    rates: Iterable[int] = RATES, connections: int = LIVE_CONNECTIONS, seconds: int = SECONDS
) -> list[Talk]:
    """Count some seconds of each rate, in a room whose last wake has just begun."""
    return [_count(rate, connections, seconds) for rate in rates]


def figures(talks: Sequence[Talk]) -> dict[str, float]:
    """Give the figures of the busiest room for the line of all benchmarks."""
    busiest = max(talks, key=lambda each: each.messages)
    return {
        "batch_messages_per_s": busiest.messages_a_second,
        "batch_posts_per_s": round(busiest.posts / busiest.seconds),
        "batch_posts_per_message": round(busiest.posts / busiest.messages, 1),
        "batch_longest_wait_ms": busiest.longest_wait_ms,
        "batch_read_units_per_s": round(busiest.read_units / busiest.seconds),
    }


def _count(rate: int, connections: int, seconds: int) -> Talk:
    with running_simulation() as simulation:
        alice, room = group_of_two(simulation)
        fill_conversation(simulation, room, connections, accepts_batches=True)
        usual = simulation.services.limits.batch_room_connections
        simulation.services = simulation.with_limits(
            batch_room_connections=min(usual, connections - 1)
        )
        alice.says("before", to=room)
        _Queue(simulation).passes(0)
        return _talk(simulation, alice, room, rate, seconds)


def _talk(simulation: Simulation, alice: Client, room: str, rate: int, seconds: int) -> Talk:
    """Send at equal distances, and push as the queue would."""
    simulation.sockets.received.clear()
    queue, senders = _Queue(simulation), Asked()
    for number in range(rate * seconds):
        queue.passes(1_000 // rate)
        with _counted(simulation, senders):
            said = alice.says(CONTENT, to=room, clientMessageId=f"bench-{number}")
        queue.sent_at[said["seq"]] = simulation.now_ms
    queue.passes(1_000)
    received = [*simulation.sockets.received.values()]
    return Talk(
        messages_a_second=rate,
        seconds=seconds,
        senders=senders,
        wakes=queue.wakes,
        shards=queue.shards,
        posts=sum(len(frames) for frames in received),
        posted_bytes=sum(
            len(json.dumps(each, separators=(",", ":"))) for frames in received for each in frames
        ),
        longest_wait_ms=max(queue.waits_ms),
    )


class _Queue:
    """The queue of `fanout`, which delivers each message when its delay is over."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._due: list[tuple[int, Wake]] = []
        self.wakes, self.shards = Asked(), Asked()
        self.sent_at: dict[int, int] = {}
        """The messages that are not pushed yet, by their numbers."""
        self.waits_ms: list[int] = []

    def passes(self, milliseconds: int) -> None:
        """Let time pass, and run what is due in it."""
        ends_at = self._simulation.now_ms + milliseconds
        self._take_up()
        while self._due and min(self._due)[0] <= ends_at:
            self._wake(min(self._due))
            self._take_up()
        self._simulation.now_ms = ends_at

    def _take_up(self) -> None:
        queues, now_ms = self._simulation.queues, self._simulation.now_ms
        self._due += [(now_ms + delay * 1000, wake) for wake, delay in queues.wakes]
        queues.wakes.clear()

    def _wake(self, due: tuple[int, Wake]) -> None:
        self._due.remove(due)
        self._simulation.now_ms, wake = due
        self._run(encode_wake(wake), self.wakes)
        for body in self._simulation.queues.take_shards():
            self._run(body, self.shards)
        # What was stored before the wake began is in what it pushed.
        self.waits_ms += [self._simulation.now_ms - at for at in self.sent_at.values()]
        self.sent_at.clear()

    def _run(self, body: str, asked: Asked) -> None:
        with _counted(self._simulation, asked):
            answer = self._simulation.consume("fanout", body)
        if answer["batchItemFailures"]:
            raise RuntimeError("a message of the queue failed")


@contextmanager
def _counted(simulation: Simulation, asked: Asked) -> Iterator[None]:
    with metered(simulation.dynamodb, find_stored) as bill:
        yield
    asked.runs += 1
    asked.requests += len(bill.requests)
    asked.read_units += bill.read_units
    asked.write_units += bill.write_units


if __name__ == "__main__":
    main()
