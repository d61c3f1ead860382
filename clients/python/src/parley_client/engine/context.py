"""What the parts of an engine share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from parley_client.engine.effects import Effect
from parley_client.engine.timers import Timers
from parley_client.timing import Timing


@dataclass(frozen=True)
class Clock:
    """What the engine knows of time and chance."""

    monotonic: Callable[[], float]
    """Seconds, from any beginning: what durations are measured by."""
    wall: Callable[[], datetime]
    random: Callable[[], float]
    """From 0 up to but not including 1."""


@dataclass(frozen=True)
class Context:
    clock: Clock
    timers: Timers
    timing: Timing
    effect: Callable[[Effect], None]
    """Have something done by the engine's owner."""
