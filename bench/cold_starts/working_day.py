"""What the people of a small deployment do on a working day, as events of functions.

Everybody comes around nine and goes eight hours later. A conversation is a burst of messages: each
is announced by typing frames, and one of the others reads it.
"""

from collections.abc import Iterator, Mapping
from random import Random

from msgspec import Struct

from bench.cold_starts.environments import Event
from bench.cost.frames import Function
from bench.frame_costs.costs import FrameCosts, duration_ms

HOUR = 3_600.0
DAY_HOURS = 8
COMES_WITHIN_HOURS = 1.0
MESSAGES_A_BURST = 4
SECONDS_BETWEEN_MESSAGES = 40.0
TYPING_SECONDS_BEFORE = (6.0, 3.0)
READ_SECONDS_AFTER = 3.0
DEADLINE_SECONDS = 30.0
CONVERSATIONS, ROOM = 20, 10


class Habits(Struct, frozen=True, kw_only=True):
    """What one person does in an hour, and how often the client sends a heartbeat."""

    messages: float
    connects: float
    histories_a_connect: int
    heartbeat_seconds: float


def working_day(
    people: int, habits: Habits, seconds: Mapping[str, float], random: Random
) -> list[Event]:
    """List the frames of a day in their order. `seconds` says how long each takes, warm."""
    events = [
        Event(at, frame, seconds[frame])
        for _ in range(people)
        for at, frame in _day_of_one(habits, random)
    ]
    return sorted(events)


def frame_seconds(costs: FrameCosts, function: Function, background: Function) -> dict[str, float]:
    """Give how long each frame's function runs, warm, in rooms of ten."""
    waited = {"chat_message": ROOM, "history": ROOM, "authenticate": CONVERSATIONS}
    waited |= {"$connect": 1, "greet": 1}
    unseen = {"typing": ROOM, "read_receipt": ROOM, "heartbeat": ROOM}
    unseen |= {"auth_deadline": 1, "$disconnect": CONVERSATIONS}
    ms = {name: duration_ms(costs[name][room], function) for name, room in waited.items()}
    ms |= {name: duration_ms(costs[name][room], background) for name, room in unseen.items()}
    return {name: each / 1e3 for name, each in ms.items()}


def _day_of_one(habits: Habits, random: Random) -> Iterator[tuple[float, str]]:
    comes = random.uniform(0, COMES_WITHIN_HOURS) * HOUR
    goes = comes + DAY_HOURS * HOUR
    at = comes
    while at < goes:
        ends = min(goes, at + random.expovariate(habits.connects / HOUR))
        yield from _connection(at, ends, habits, random)
        at = ends + 1
    yield from _talking(comes, goes, habits, random)


def _connection(
    opens: float, closes: float, habits: Habits, random: Random
) -> Iterator[tuple[float, str]]:
    yield opens, "$connect"
    yield opens + 0.1, "greet"
    yield opens + 0.2, "authenticate"
    for number in range(habits.histories_a_connect):
        yield opens + 0.5 + number * 0.02, "history"
    yield opens + DEADLINE_SECONDS, "auth_deadline"
    beats = opens + random.uniform(0, habits.heartbeat_seconds)
    while beats < closes:
        yield beats, "heartbeat"
        beats += habits.heartbeat_seconds
    yield closes, "$disconnect"


def _talking(
    comes: float, goes: float, habits: Habits, random: Random
) -> Iterator[tuple[float, str]]:
    bursts_a_second = habits.messages / MESSAGES_A_BURST / HOUR
    at = comes + random.expovariate(bursts_a_second)
    while at < goes:
        sent = at
        for _ in range(MESSAGES_A_BURST):
            for before in TYPING_SECONDS_BEFORE:
                yield sent - before, "typing"
            yield sent, "chat_message"
            yield sent + READ_SECONDS_AFTER, "read_receipt"
            sent += random.expovariate(1 / SECONDS_BETWEEN_MESSAGES)
        at += random.expovariate(bursts_a_second)
