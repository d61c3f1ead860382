"""What a frame takes of the limits, at any size of its room."""

from functools import cache
from math import ceil

from msgspec import Struct
from msgspec.structs import replace

from bench.cost.frames import BACKGROUND, Assumed
from bench.crowd.rooms import BIG
from bench.frame_costs.costs import FrameCost, Measured, at_memory, duration_ms
from bench.performance_page import NOTE_READ_UNITS

MEASURED_ROOMS = (2, 10, 100, 1_000)


class Load(Struct, frozen=True, kw_only=True):
    """What one frame takes of the limits."""

    pushes: int
    seconds: float
    """Of functions, those of a big room's shards included."""
    invocations: int
    roster_reads: float


class Loads:
    """The loads of frames by the size of the room, from what was measured."""

    def __init__(self, measured: Measured, assuming: Assumed) -> None:
        self._measured = measured
        self._assuming = assuming
        self.of = cache(self._of)

    def seconds(self, frame: str, room: int) -> float:
        """Give how long one function runs, at a size that was measured."""
        return self._seconds(frame, self._measured.frames[frame][room])

    def _of(self, frame: str, room: int) -> Load:
        near = min(MEASURED_ROOMS, key=lambda size: abs(size - room))
        cost = self._measured.frames[frame][near]
        is_big = room > BIG
        pushes = room - 1 if frame == "chat_message" or not is_big else 0
        seconds = self._seconds(frame, replace(cost, posts=0 if is_big else pushes))
        reads = self._roster_reads(room if frame == "chat_message" else min(room, BIG + 1))
        if not (is_big and pushes):
            return Load(pushes=pushes, seconds=seconds, invocations=1, roster_reads=reads)
        each = self._assuming.function.connections_a_shard
        shards = ceil(pushes / each)
        return Load(
            pushes=pushes,
            seconds=seconds + shards * self.seconds("fanout", each),
            invocations=1 + shards,
            # Each shard reads its own part.
            roster_reads=2 * reads + shards,
        )

    def _seconds(self, frame: str, cost: FrameCost) -> float:
        function = self._assuming.function
        if frame in {*BACKGROUND, "$disconnect", "auth_deadline"}:
            function = at_memory(function.background_memory_mb, function)
        return duration_ms(cost, function) / 1e3

    def _roster_reads(self, rows: int) -> float:
        a_thousand = self._measured.frames["chat_message"][1_000].read_units - NOTE_READ_UNITS
        return max(1.0, ceil(rows * a_thousand / 1_000))
