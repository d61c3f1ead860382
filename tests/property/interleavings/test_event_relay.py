"""Runs of the relay at the same time as each other, as writers, and as an operator."""

from collections.abc import Callable

import pytest

from testing.group import Action, Group, Results
from testing.interleavings import explore_all, explore_interruptions, explore_some
from testing.invariants import check_invariants
from testing.profiles import is_soaking
from testing.relay import Relay, used_numbers

TRIED = 150


@pytest.fixture
def relay(group_with_bob: Group) -> Relay:
    """Give a relay to a consumer, which has something to send."""
    group_with_bob.says(group_with_bob.hers, "one")()
    return Relay(group_with_bob.simulation)


def explore(group: Group, relay: Relay, check: Callable[[], None], **actions: Action) -> int:
    """Run actions in many orders of their steps, and check each time what has arrived."""

    def begin() -> dict[str, Action]:
        relay.consumer.arrived.clear()
        return actions

    def look(results: Results) -> None:
        assert "internal" not in str(results)
        check_invariants(group.simulation)
        numbers = relay.consumer.first_numbers(group.conversation)
        assert numbers == used_numbers(group.conversation)[: len(numbers)]
        check()

    if len(actions) == 2:
        return explore_interruptions(group.simulation, begin, look)
    if is_soaking():
        return explore_all(group.simulation, begin, look, at_most=20 * TRIED)
    return explore_some(group.simulation, begin, look, number=TRIED)


def wakes(group: Group, relay: Relay) -> Action:
    return lambda: relay.wakes(group.conversation)


def says_and_wakes(group: Group, relay: Relay) -> Action:
    """Store a message, and report it as its stream does, in this order."""

    def act() -> None:
        group.says(group.hers, "two")()
        relay.wakes(group.conversation)

    return act


def test_message_that_arrives_while_a_run_ends_is_not_left_behind(
    group_with_bob: Group, relay: Relay
) -> None:
    group = group_with_bob

    def check() -> None:
        relay.simulation.advance_time(60)
        relay.sweeps_of_what_waits()
        assert relay.consumer.first_numbers(group.conversation) == used_numbers(group.conversation)

    orders = explore(
        group, relay, check, run=wakes(group, relay), writer=says_and_wakes(group, relay)
    )

    assert orders > 20


def test_one_run_at_a_time_sends_a_conversation(group_with_bob: Group, relay: Relay) -> None:
    group = group_with_bob

    def check() -> None:
        numbers = relay.consumer.numbers(group.conversation)
        assert numbers == sorted(set(numbers))

    orders = explore(group, relay, check, one=wakes(group, relay), other=wakes(group, relay))

    assert orders > 10


def test_two_runs_a_writer_and_a_sweep_keep_the_order(group_with_bob: Group, relay: Relay) -> None:
    group = group_with_bob

    def check() -> None:
        relay.simulation.advance_time(60)
        relay.sweeps_of_what_waits()
        assert relay.consumer.first_numbers(group.conversation) == used_numbers(group.conversation)

    explore(
        group,
        relay,
        check,
        one=wakes(group, relay),
        other=says_and_wakes(group, relay),
        sweep=relay.sweeps,
    )


def test_replay_during_a_run_sends_everything_again(group_with_bob: Group, relay: Relay) -> None:
    group = group_with_bob
    relay.wakes(group.conversation)
    group.says(group.hers, "two")()

    def replays() -> None:
        relay.rewinds(group.conversation, 1)

    def look() -> None:
        relay.simulation.advance_time(60)
        relay.sweeps()
        numbers = relay.consumer.numbers(group.conversation)
        used = used_numbers(group.conversation)
        assert numbers[-len(used) :] == used

    def begin() -> dict[str, Action]:
        relay.consumer.arrived.clear()
        return {"run": wakes(group, relay), "operator": replays}

    orders = explore_interruptions(group.simulation, begin, lambda _: look())

    assert orders > 5


def test_run_that_slept_past_its_lease_does_not_break_the_order(
    group_with_bob: Group, relay: Relay
) -> None:
    group = group_with_bob
    group.says(group.hers, "two")()

    def wakes_later() -> None:
        relay.simulation.advance_time(90)
        relay.wakes(group.conversation)

    def check() -> None:
        relay.simulation.advance_time(90)
        relay.sweeps_until_quiet()
        assert relay.consumer.first_numbers(group.conversation) == used_numbers(group.conversation)

    orders = explore(group, relay, check, slow=wakes(group, relay), other=wakes_later)

    assert orders > 20
