"""Which frames of a small deployment meet a cold start."""

from pathlib import Path
from random import Random

import pytest

from bench.cold_starts.comparison import WAYS, Met, cold_starts, compare, habits
from bench.cold_starts.environments import Environments, Event
from bench.cold_starts.page import rows
from bench.cold_starts.working_day import DAY_HOURS, Habits, working_day
from bench.cost.frames import assumed
from bench.frame_costs.costs import measured

PAGE = Path(__file__).parents[3] / "docs/performance.md"
MINUTE = 60.0
SECONDS = dict.fromkeys(
    (
        "$connect",
        "greet",
        "authenticate",
        "history",
        "auth_deadline",
        "heartbeat",
        "$disconnect",
        "typing",
        "chat_message",
        "read_receipt",
    ),
    0.05,
)


def colds(*times: float, seconds: float = 1.0) -> list[bool]:
    """Send frames at these times to a function whose environments live ten idle minutes."""
    function = Environments(idle_life=10 * MINUTE, cold_seconds=0.5)
    return [function.take(Event(at, "chat_message", seconds)) for at in times]


def test_first_frame_meets_a_cold_start_and_the_next_does_not() -> None:
    assert colds(0, 5) == [True, False]


def test_environment_ends_after_its_idle_life() -> None:
    assert colds(0, 1.5 + 10 * MINUTE) == [True, False]
    assert colds(0, 1.6 + 10 * MINUTE) == [True, True]


def test_each_use_begins_the_idle_life_again() -> None:
    assert colds(0, 9 * MINUTE, 18 * MINUTE, 27 * MINUTE) == [True, False, False, False]


def test_frame_meets_a_cold_start_while_all_environments_are_busy() -> None:
    assert colds(0, 1.4, 10, 10.5) == [True, True, False, False]


def test_environment_that_was_used_last_takes_the_next_frame() -> None:
    # Two began, but frames one at a time keep only one alive.
    kept_busy = [5 * MINUTE * number for number in range(1, 4)]

    assert colds(0, 0, *kept_busy, 15 * MINUTE) == [True, True, False, False, False, True]


def test_frames_of_one_function_keep_each_other_warm() -> None:
    events = [Event(0, "heartbeat", 0.1), Event(30, "chat_message", 0.1)]

    apart = cold_starts(events, {"heartbeat": "a", "chat_message": "b"}, 600, 0.2)
    together = cold_starts(events, dict.fromkeys(("heartbeat", "chat_message"), "a"), 600, 0.2)

    assert apart["chat_message"] == Met(1, 1)
    assert together["chat_message"] == Met(1, 0)


def test_person_sends_as_many_frames_a_day_as_assumed() -> None:
    given = Habits(messages=4, connects=1, histories_a_connect=3, heartbeat_seconds=30)

    events = working_day(200, given, SECONDS, Random(1))  # noqa: S311 -- no secret

    number = {frame: sum(each.frame == frame for each in events) / 200 for frame in SECONDS}
    assert number["chat_message"] == pytest.approx(4 * DAY_HOURS, rel=0.1)
    assert number["typing"] == 2 * number["chat_message"] == 2 * number["read_receipt"]
    assert number["heartbeat"] == pytest.approx(DAY_HOURS * 120, rel=0.02)
    assert number["history"] == 3 * number["$connect"] == 3 * number["$disconnect"]
    assert [each.at for each in events] == sorted(each.at for each in events)


def test_fewer_functions_meet_fewer_cold_starts_in_a_small_deployment() -> None:
    shown = [each for each in compare(10, measured(), assumed()) if each.idle_minutes == 10]

    shares = [shown[0].waited(way).share for way in WAYS]
    assert shares == sorted(shares, reverse=True)


def test_page_shows_what_the_simulation_gives() -> None:
    page = PAGE.read_text()

    for found in compare(10, measured(), assumed()):
        assert all(f"| {' | '.join(row)} |" in page for row in rows(found))


def test_assumptions_say_what_a_person_does() -> None:
    assert habits(assumed()).messages == assumed().person["messages"]
