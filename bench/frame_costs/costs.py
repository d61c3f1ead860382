"""The measured costs of frames, and how long their functions run at any memory."""

from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bench.cost.frames import Function, share, waiting_ms

MEASURED = Path(__file__).with_name("measured.json")


class FrameCost(Struct, frozen=True, kw_only=True):
    """What one frame costs its function."""

    cpu_ms: float
    trips: int
    """Requests in a row: those at the same time count once."""
    requests: int
    read_units: float
    write_units: float
    posts: int


class Start(Struct, frozen=True, kw_only=True):
    """CPU of a new process of `chat_message`, in ms."""

    ready: float
    """Until it can take its first frame. Lambda gives it a whole processor for that."""
    first_frame: float
    next_frames: float


type FrameCosts = dict[str, dict[int, FrameCost]]
"""By the frame's name, and by the live connections of its room."""


class Measured(Struct, frozen=True, kw_only=True):
    """What `make bench` measured last, for computations that give the same result everywhere."""

    frames: FrameCosts
    start: Start


def measured() -> Measured:
    return msgspec.json.decode(MEASURED.read_bytes(), type=Measured)


def save(new: Measured) -> None:
    text = msgspec.json.format(msgspec.json.encode(new), indent=1)
    MEASURED.write_bytes(text + b"\n")


def duration_ms(cost: FrameCost, function: Function) -> float:
    """Estimate how long a warm function runs for a frame."""
    waiting = waiting_ms(cost.trips, cost.posts, function)
    return cost.cpu_ms / share(function) + waiting


def cold_ms(start: Start, function: Function) -> float:
    """Estimate what a cold start adds, without what AWS takes to provide the environment."""
    return start.ready + (start.first_frame - start.next_frames) / share(function)


def at_memory(memory_mb: float, function: Function) -> Function:
    return replace(function, memory_mb=memory_mb)
