"""The relay of events dies at any step, and streams repeat, reorder and lose what they report."""

from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.storage.conversations import next_seq
from testing.crash_points import crash_points
from testing.fault_modes import Fault, fault_modes
from testing.group import Group, copy_of_group
from testing.invariants import check_invariants
from testing.relay import Relay, used_numbers
from testing.simulation import Simulation

MESSAGES = 3


def talk(group: Group) -> None:
    """Store messages and changes, and let one writer die before it stored something."""
    for number in range(MESSAGES):
        group.says(group.hers, f"number {number}")()
    next_seq(group.conversation)
    group.edits(group.hers, 2, "Bye")()
    group.says(group.his, "Hello")()


def check_delivered(group: Group, relay: Relay) -> None:
    """Check that each number that has something has arrived, the first time in order."""
    check_invariants(group.simulation)
    assert relay.consumer.first_numbers(group.conversation) == used_numbers(group.conversation)
    assert not relay.is_behind()


def each_crash(group: Group, relay: Relay, action: Callable[[], object]) -> int:
    number = 0
    for where in crash_points(group.simulation, action):
        number += 1
        try:
            arrived = relay.consumer.numbers(group.conversation)
            assert arrived == used_numbers(group.conversation)[: len(arrived)]
            relay.sweeps_until_quiet()
            check_delivered(group, relay)
        except BaseException as error:
            error.add_note(where)
            raise
        finally:
            relay.consumer.arrived.clear()
    return number


@pytest.mark.parametrize("at_once", [1, 10])
def test_run_that_dies_at_any_step_leaves_no_gap(group_with_bob: Group, at_once: int) -> None:
    relay = Relay(group_with_bob.simulation, at_once=at_once)
    talk(group_with_bob)

    def wake() -> None:
        relay.consumer.arrived.clear()
        relay.wakes(group_with_bob.conversation)

    crash_points = each_crash(group_with_bob, relay, wake)

    assert crash_points > 2 * 10


def test_sweep_that_dies_at_any_step_leaves_no_gap(group_with_bob: Group) -> None:
    relay = Relay(group_with_bob.simulation)
    talk(group_with_bob)

    def sweep() -> None:
        relay.consumer.arrived.clear()
        relay.sweeps()

    crash_points = each_crash(group_with_bob, relay, sweep)

    assert crash_points > 2 * 10


def test_run_that_dies_while_its_consumer_fails_leaves_no_gap(group_with_bob: Group) -> None:
    relay = Relay(group_with_bob.simulation)
    talk(group_with_bob)
    failing = True
    relay.consumer.answers = lambda event: "HTTP 500" if failing and event.seq == 3 else None

    def wake() -> None:
        nonlocal failing
        failing = True
        relay.consumer.arrived.clear()
        relay.wakes(group_with_bob.conversation)
        failing = False

    for where in crash_points(group_with_bob.simulation, wake):
        failing = False
        relay.sweeps_until_quiet()
        assert relay.consumer.first_numbers(group_with_bob.conversation) == used_numbers(
            group_with_bob.conversation
        ), where


@pytest.mark.parametrize("fault", Fault)
def test_fault_of_any_request_leaves_no_gap(group_with_bob: Group, fault: Fault) -> None:
    relay = Relay(group_with_bob.simulation)
    talk(group_with_bob)

    def wake() -> None:
        relay.consumer.arrived.clear()
        relay.wakes(group_with_bob.conversation)

    met = 0
    for _, where in fault_modes(group_with_bob.simulation, wake, fault):
        met += 1
        relay.sweeps_until_quiet()
        numbers = relay.consumer.first_numbers(group_with_bob.conversation)
        assert numbers == used_numbers(group_with_bob.conversation), where

    assert met


STEPS = (
    *("say", "edit", "die", "wake", "wake twice", "sweep"),
    *("break", "mend", "wait", "rewind"),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(st.sampled_from(STEPS), min_size=5, max_size=40),
    at_once=st.sampled_from([1, 10]),
    seed=st.integers(0, 1000),
)
def test_streams_that_repeat_reorder_and_forget_leave_no_gap(
    simulation: Simulation, steps: list[str], at_once: int, seed: int
) -> None:
    group = copy_of_group(simulation, with_bob=True)
    relay = Relay(simulation, at_once=at_once)
    simulation.random = Random(seed).random()  # noqa: S311 -- it keeps no secret
    room = group.conversation

    for step in steps:
        _take(step, group, relay)
    relay.consumer.answers = lambda _: None
    relay.sweeps_until_quiet()

    assert relay.consumer.first_numbers(room) == used_numbers(room)
    # Each time it begins again with a number that had arrived, it goes on from there in order.
    arrived, used = relay.consumer.numbers(room), used_numbers(room)
    following = dict(pairwise(used))
    assert all(b == following.get(a) or b <= a for a, b in pairwise(arrived))
    check_invariants(simulation)


def _take(step: str, group: Group, relay: Relay) -> None:
    room = group.conversation
    takes: dict[str, Callable[[], object]] = {
        "say": group.says(group.hers, "Hello"),
        "edit": group.edits(group.hers, 2, "Bye"),
        "die": lambda: next_seq(room),
        "wake": lambda: relay.wakes(room),
        "wake twice": lambda: (relay.wakes(room, room), relay.wakes(room)),
        "sweep": relay.sweeps,
        "break": lambda: relay.consumer.answers_with(lambda e: "HTTP 500" if e.seq % 3 else None),
        "mend": lambda: relay.consumer.answers_with(lambda _: None),
        "wait": lambda: group.simulation.advance_time(90),
        "rewind": lambda: relay.rewinds(room, 1),
    }
    takes[step]()
