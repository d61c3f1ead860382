"""What each kind of frame takes, from what was counted and what is assumed."""

from collections.abc import Mapping
from math import ceil

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bench.cost.prices import FOLDER, read
from bench.cost.usage import Usage
from bench.growth import Work
from chat.push.limits import PushLimits

BACKGROUND = {"typing", "read_receipt", "heartbeat", "heartbeat with positions"}
"""The counted frames whose functions no user waits for."""

GB = 1e9
MB_A_GB = 1_024
QUEUE_REQUESTS_A_MESSAGE = 3
"""It is sent, and received and deleted by Lambda."""

REQUESTS_A_SHARD = 2
"""For the connections between its first and its last, and for the tombstones."""

type Counted = Mapping[str, Mapping[int, Work]]


class Function(Struct, frozen=True):
    memory_mb: float
    background_memory_mb: float
    """Of the functions that no user waits for."""
    whole_processor_mb: float
    cpu_ms_a_request: float
    cpu_ms_an_invocation: float
    cpu_ms_a_connection: float
    wait_ms_a_request: float
    wait_ms_a_post: float
    connections_a_shard: int
    traces_an_invocation: float


class Bytes(Struct, frozen=True):
    a_frame: float
    an_access_log_entry: float
    a_metrics_line: float


class Assumed(Struct, frozen=True):
    function: Function
    bytes: Bytes
    person: dict[str, float]

    def in_background(self) -> "Assumed":
        """Assume the same of a function that no user waits for."""
        memory_mb = self.function.background_memory_mb
        return replace(self, function=replace(self.function, memory_mb=memory_mb))

    def of_frame(self, name: str) -> "Assumed":
        return self.in_background() if name in BACKGROUND else self


def assumed() -> Assumed:
    return msgspec.convert(read("assumptions.toml"), Assumed)


def counted() -> Counted:
    """Read what `make cost` counted."""
    return msgspec.json.decode(
        (FOLDER / "counted.json").read_bytes(), type=dict[str, dict[int, Work]]
    )


def frame(work: Work, room: int, *, replied: bool, assuming: Assumed) -> Usage:
    """Give what one frame takes that is sent to a room of so many live connections.

    Where it is pushed, it goes to all of the room but the sender. A reply without content is an
    empty frame.
    """
    pushes = room - 1 if work.posts or work.queued else 0
    sent = pushes + replied
    own = invocation(work.requests, work.posts, room if work.requests else 0, assuming)
    usage = own + Usage(
        messages=1 + 1 + pushes,
        read_units=work.read_units,
        write_units=work.write_units,
        sent_gb=sent * assuming.bytes.a_frame / GB,
        logged_gb=assuming.bytes.an_access_log_entry / GB,
    )
    return usage + shards(pushes, work.read_units, assuming) if work.queued else usage


def shards(pushes: int, roster_read_units: float, assuming: Assumed) -> Usage:
    """Give what pushing a big room's shards takes, each of which reads its part of the roster."""
    each = assuming.function.connections_a_shard
    number = ceil(pushes / each)
    return invocation(REQUESTS_A_SHARD, each, each, assuming) * number + Usage(
        queue_requests=number * QUEUE_REQUESTS_A_MESSAGE,
        read_units=roster_read_units + number,
    )


def invocation(requests: float, posts: float, connections: float, assuming: Assumed) -> Usage:
    """Give what one run of a function takes, asking DynamoDB in a row and pushing at once."""
    seconds = duration_ms(requests, posts, connections, assuming.function) / 1e3
    return Usage(
        invocations=1,
        gb_seconds=seconds * assuming.function.memory_mb / MB_A_GB,
        traces=assuming.function.traces_an_invocation,
        logged_gb=assuming.bytes.a_metrics_line / GB if posts else 0,
    )


def duration_ms(requests: float, posts: float, connections: float, function: Function) -> float:
    """Estimate how long a function runs: its CPU at its share of a processor, and its waiting."""
    cpu = (
        function.cpu_ms_an_invocation
        + requests * function.cpu_ms_a_request
        + max(posts, connections) * function.cpu_ms_a_connection
    )
    return cpu / share(function) + waiting_ms(requests, posts, function)


def share(function: Function) -> float:
    """Give a function's share of a processor: one thread uses no more than a whole one."""
    return min(1.0, function.memory_mb / function.whole_processor_mb)


def waiting_ms(requests: float, posts: float, function: Function) -> float:
    """Estimate how long a function waits for requests in a row, and for its pushes."""
    sockets = PushLimits().sockets_for(ceil(posts), warm=True) or 1
    waves = ceil(posts / sockets)
    return requests * function.wait_ms_a_request + waves * function.wait_ms_a_post
