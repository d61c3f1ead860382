"""The cost of a month grows with users, and heartbeats dominate it."""

import pytest

from bench.cost.frames import assumed, counted
from bench.cost.month import MINUTES, heartbeat, month
from bench.cost.prices import dollars

COUNTED, ASSUMED = counted(), assumed()


def test_usage_is_proportional_to_users() -> None:
    one, two = (month(users, 30, COUNTED, ASSUMED) for users in (1_000, 2_000))

    assert two.messages == pytest.approx(2 * one.messages)
    assert two.connection_minutes == 2_000 * MINUTES


def test_heartbeat_cost_is_proportional_to_their_rate() -> None:
    often, seldom, never = (month(1, each, COUNTED, ASSUMED) for each in (30, 300, float("inf")))

    beats = [dollars(each) - dollars(never) for each in (often, seldom)]

    assert beats[0] == pytest.approx(10 * beats[1])


def test_heartbeat_is_billed_as_two_messages() -> None:
    assert heartbeat(COUNTED, ASSUMED).messages == 2
