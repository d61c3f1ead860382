"""Run actions in every order of their steps.

Orders that differ only in steps on different rows have the same result. Of those only one is tried:
the others are pruned as they come up ("sleep sets": P. Godefroid, Partial-Order
Methods for the Verification of Concurrent Systems, chapter 5).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from testing.scheduler import Actions, Pick, Scheduler
from testing.simulation import Simulation
from testing.snapshots import Snapshot
from testing.steps import Step

type Check = Callable[[Mapping[str, Any]], None]


class _Known(Exception):
    """The rest of this order has the same result as one that was tried."""


@dataclass(slots=True)
class _Fork:
    """A point at which one of several steps can be next."""

    ready: Mapping[str, Step]
    sleeping: dict[str, Step]
    tried: dict[str, Step] = field(default_factory=dict)
    taken: str = ""

    def choose(self) -> bool:
        """Take the next untried step; False if there is none."""
        left = [each for each in self.ready if each not in self.sleeping and each not in self.tried]
        self.taken = left[0] if left else ""
        return bool(left)

    def sleeping_after(self) -> dict[str, Step]:
        step = self.ready[self.taken]
        known = {**self.sleeping, **self.tried}
        return {name: other for name, other in known.items() if not other.conflicts_with(step)}


class _Search:
    """Searches the tree of all orders, depth first."""

    def __init__(self, *, every_one: bool) -> None:
        self._every_one = every_one
        self._path: list[_Fork] = []
        self._depth = 0

    def begin(self) -> None:
        self._depth = 0

    def pick(self, ready: Mapping[str, Step]) -> str:
        if self._depth == len(self._path):
            self._path.append(self._fork(ready))
        fork = self._path[self._depth]
        assert fork.ready.keys() == ready.keys(), "the same beginning went on differently"
        self._depth += 1
        return fork.taken

    def go_on(self) -> bool:
        """Go to the next untried step; False at the end."""
        while self._path:
            fork = self._path[-1]
            fork.tried[fork.taken] = fork.ready[fork.taken]
            if fork.choose():
                return True
            self._path.pop()
        return False

    def _fork(self, ready: Mapping[str, Step]) -> _Fork:
        sleeping = self._path[-1].sleeping_after() if self._path and not self._every_one else {}
        fork = _Fork(ready, sleeping)
        if not fork.choose():
            raise _Known
        return fork


def explore_all(
    simulation: Simulation,
    actions: Callable[[], Actions],
    check: Check,
    *,
    every_one: bool = False,
    at_most: int | None = None,
) -> int:
    """Run actions in every order, each time from the current state; returns the number of orders.

    Args:
        simulation: where they happen.
        actions: makes the actions for each order.
        check: looks at what the actions returned, and at the tables.
        every_one: prune no order.
        at_most: stop after so many orders.
    """
    start, search, runs = Snapshot(simulation), _Search(every_one=every_one), 0
    while True:
        search.begin()
        runs += _run_once(start, Scheduler(simulation, search.pick), actions, check)
        if runs == at_most or not search.go_on():
            return runs


def explore_interruptions(
    simulation: Simulation, actions: Callable[[], Actions], check: Check
) -> int:
    """Interrupt the first action before each of its steps, for each number of steps of the second.

    Then the first one goes on to its end, and the second one after it. So each meets every state in
    between of the other, in far fewer orders than there are.
    """
    first, second = actions()
    start, runs = Snapshot(simulation), 0
    for before in count(1):
        for during in count(1):
            pick = _in_turns([(first, before), (second, during), (first, None), (second, None)])
            scheduler = Scheduler(simulation, pick)
            runs += _run_once(start, scheduler, actions, check)
            turns = [_action_of(step) for step in scheduler.taken[: before + during]]
            if turns.count(second) < during:
                break
        if turns.count(first) < before:
            return runs
    raise AssertionError("there is no last step")


def _in_turns(turns: list[tuple[str, int | None]]) -> Pick:
    """Give each action so many steps, or all that it has, in turn."""
    left = [*turns]

    def pick(ready: Mapping[str, Step]) -> str:
        while left:
            name, steps = left[0]
            own = [task for task in ready if _action_of(task) == name]
            if own and steps != 0:
                left[0] = (name, steps and steps - 1)
                return own[0]
            left.pop(0)
        return next(iter(ready))

    return pick


def _action_of(task: str) -> str:
    """Name the action of a task, which may be one of several requests that are made together."""
    return task.partition(":")[0].partition(".")[0]


def explore_some(
    simulation: Simulation, actions: Callable[[], Actions], check: Check, *, number: int
) -> int:
    """Run actions in some orders, chosen at random from fixed seeds."""
    start = Snapshot(simulation)
    for seed in range(number):
        _run_once(start, Scheduler(simulation, random_order(seed)), actions, check)
    return number


def random_order(seed: int) -> Pick:
    """Pick steps at random; the same seed gives the same order."""
    chance = Random(seed)  # noqa: S311 -- it orders steps, and keeps no secret
    return lambda ready: chance.choice(list(ready))


def _run_once(
    start: Snapshot, scheduler: Scheduler, actions: Callable[[], Actions], check: Check
) -> bool:
    """Run the actions once and restore the state; False if the order was pruned."""
    try:
        check(scheduler.run(actions()))
    except _Known:
        return False
    except BaseException as error:
        error.add_note("in this order:\n  " + "\n  ".join(scheduler.taken))
        raise
    finally:
        start.restore()
    return True
