"""A month of a crowd: it grows with people, and the heartbeat decides."""

import pytest

from bench.cost import peers
from bench.cost.frames import assumed, counted
from bench.cost.month import MINUTES, heartbeat, month
from bench.cost.prices import dollars

COUNTED, ASSUMED = counted(), assumed()


def test_twice_the_people_take_twice_as_much() -> None:
    one, two = (month(users, 30, COUNTED, ASSUMED) for users in (1_000, 2_000))

    assert two.messages == pytest.approx(2 * one.messages)
    assert two.connection_minutes == 2_000 * MINUTES


def test_heartbeats_ten_times_as_seldom_cost_a_tenth() -> None:
    often, seldom, never = (month(1, each, COUNTED, ASSUMED) for each in (30, 300, float("inf")))

    beats = [dollars(each) - dollars(never) for each in (often, seldom)]

    assert beats[0] == pytest.approx(10 * beats[1])


def test_a_heartbeat_is_a_message_in_and_one_out() -> None:
    assert heartbeat(COUNTED, ASSUMED).messages == 2


def test_others_count_a_frame_in_and_out() -> None:
    million = peers.message_million(10)

    assert million["Ably"] == 10 * 2.50
    assert million["AppSync Events"] == 10 * 1.00
    assert million["PubNub"] == pytest.approx(123 + 9 * 33)


def test_a_plan_is_the_smallest_that_is_large_enough() -> None:
    quiet = dict(ASSUMED.person) | {"messages": 0.1, "receipts": 0}

    plans = [peers.month(users, quiet)["Pusher"] for users in (500, 501, 30_000, 30_001)]

    assert plans == [49, 99, 1_199, None]


def test_a_connection_that_says_nothing_costs_its_minutes() -> None:
    silent = dict(ASSUMED.person) | {"messages": 0, "receipts": 0}

    prices = peers.month(1_000, silent)

    assert prices["AppSync Events"] == pytest.approx(1_000 * MINUTES * 0.08 / 1e6)
    assert prices["PubNub"] == 0
