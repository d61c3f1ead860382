"""A function for each frame, beside one function for the frames of a live conversation."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from random import Random

from msgspec import Struct

from bench.cold_starts.environments import Environments, Event
from bench.cold_starts.working_day import Habits, frame_seconds, working_day
from bench.cost.frames import Assumed
from bench.frame_costs.costs import Measured, at_memory, cold_ms

LIVE = ("chat_message", "typing", "read_receipt", "history", "heartbeat")
"""The frames of a live conversation."""
COMING = ("$connect", "greet", "authenticate")
WAITED = ("chat_message", "history", "authenticate", "$connect", "greet")
"""The frames whose result a person waits for."""
PEOPLE = (10, 100)
IDLE_MINUTES = (5, 10, 30, 60)
HEARTBEAT_SECONDS = 30
DAYS = 10
SEED = 20


class Met(Struct, frozen=True):
    """How many frames met a cold start."""

    frames: int
    cold: int

    @property
    def share(self) -> float:
        return self.cold / self.frames


class Comparison(Struct, frozen=True, kw_only=True):
    """What the people of a deployment met in each way."""

    people: int
    idle_minutes: float
    met: dict[str, dict[str, Met]]
    """By way, and by frame."""
    cold_seconds: float

    def waited(self, way: str) -> Met:
        """Count the frames whose result a person waits for."""
        found = [self.met[way][frame] for frame in WAITED]
        return Met(sum(each.frames for each in found), sum(each.cold for each in found))

    def seconds_lost(self, way: str) -> float:
        """Give what a person waits for cold starts on a day."""
        return self.waited(way).cold * self.cold_seconds / self.people / DAYS


WAYS: Mapping[str, Callable[[str], str]] = {
    "one each": lambda frame: frame,
    "live in one": lambda frame: "live" if frame in LIVE else frame,
    "live and coming in one": lambda frame: "live" if frame in {*LIVE, *COMING} else frame,
}
"""Ways to name the function of a frame."""


def cold_starts(
    events: Iterable[Event], way: Mapping[str, str], idle_seconds: float, cold_seconds: float
) -> dict[str, Met]:
    """Count by frame which of the events meet a cold start; `way` names each frame's function."""
    functions: dict[str, Environments] = {}
    frames: Counter[str] = Counter()
    cold: Counter[str] = Counter()
    for event in events:
        function = functions.setdefault(way[event.frame], Environments(idle_seconds, cold_seconds))
        frames[event.frame] += 1
        cold[event.frame] += function.take(event)
    return {frame: Met(number, cold[frame]) for frame, number in frames.items()}


def compare(people: int, measured: Measured, assuming: Assumed) -> Iterator[Comparison]:
    """Simulate a deployment of so many people in each way, on the same days."""
    function = assuming.function
    background = at_memory(function.background_memory_mb, function)
    seconds = frame_seconds(measured.frames, function, background)
    cold_seconds = cold_ms(measured.start, function) / 1e3
    days = [
        working_day(people, habits(assuming), seconds, Random(SEED + day))  # noqa: S311 -- no secret
        for day in range(DAYS)
    ]
    for minutes in IDLE_MINUTES:
        met = {
            name: _sum(
                cold_starts(day, {each: way(each) for each in seconds}, minutes * 60, cold_seconds)
                for day in days
            )
            for name, way in WAYS.items()
        }
        yield Comparison(people=people, idle_minutes=minutes, met=met, cold_seconds=cold_seconds)


def habits(assuming: Assumed) -> Habits:
    person = assuming.person
    return Habits(
        messages=person["messages"],
        connects=person["connects"],
        histories_a_connect=int(person["histories_a_connect"]),
        heartbeat_seconds=HEARTBEAT_SECONDS,
    )


def _sum(days: Iterable[Mapping[str, Met]]) -> dict[str, Met]:
    total: dict[str, Met] = {}
    for day in days:
        for frame, met in day.items():
            before = total.get(frame, Met(0, 0))
            total[frame] = Met(before.frames + met.frames, before.cold + met.cold)
    return total
