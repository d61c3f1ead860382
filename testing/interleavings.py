"""Every order in which actions can take their steps, each tried once.

Two orders that differ only in steps that do not touch the same rows end alike. Of such a set one is
tried: the others are put to sleep as they come up ("sleep sets": P. Godefroid, Partial-Order
Methods for the Verification of Concurrent Systems, chapter 5).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from testing.scheduler import Actions, Pick, Scheduler
from testing.simulation import Simulation
from testing.snapshots import Snapshot
from testing.steps import Step

type Check = Callable[[Mapping[str, Any]], None]


class _Known(Exception):
    """Whatever comes now was seen already, in another order that ends alike."""


@dataclass(slots=True)
class _Fork:
    """A moment of a performance at which one of several steps can be next."""

    ready: Mapping[str, Step]
    asleep: dict[str, Step]
    tried: dict[str, Step] = field(default_factory=dict)
    taken: str = ""

    def choose(self) -> bool:
        """Take the next one that was not tried; False where there is none left."""
        left = [each for each in self.ready if each not in self.asleep and each not in self.tried]
        self.taken = left[0] if left else ""
        return bool(left)

    def asleep_after(self) -> dict[str, Step]:
        step = self.ready[self.taken]
        known = {**self.asleep, **self.tried}
        return {name: other for name, other in known.items() if not other.meets(step)}


class _Search:
    """Goes through the tree of all performances, always to the leaf that is next."""

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
        """Turn to what was not tried yet; False at the end."""
        while self._path:
            fork = self._path[-1]
            fork.tried[fork.taken] = fork.ready[fork.taken]
            if fork.choose():
                return True
            self._path.pop()
        return False

    def _fork(self, ready: Mapping[str, Step]) -> _Fork:
        asleep = self._path[-1].asleep_after() if self._path and not self._every_one else {}
        fork = _Fork(ready, asleep)
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
    """Run actions in every order, each time from the present state; returns how many.

    Args:
        simulation: where they happen.
        actions: makes the actions for each order.
        check: looks at what the actions returned, and at the tables.
        every_one: try those as well that are known to end like another.
        at_most: stop once so many orders were tried.
    """
    start, search, performances = Snapshot(simulation), _Search(every_one=every_one), 0
    while True:
        search.begin()
        performances += _perform(start, Scheduler(simulation, search.pick), actions, check)
        if performances == at_most or not search.go_on():
            return performances


def explore_some(
    simulation: Simulation, actions: Callable[[], Actions], check: Check, *, number: int
) -> int:
    """Run actions in some orders, chosen by a chance that is the same each time."""
    start = Snapshot(simulation)
    for seed in range(number):
        _perform(start, Scheduler(simulation, random_order(seed)), actions, check)
    return number


def random_order(seed: int) -> Pick:
    """Make a chance that is the same each time for the same seed."""
    chance = Random(seed)  # noqa: S311 -- it orders steps, and keeps no secret
    return lambda ready: chance.choice(list(ready))


def _perform(
    start: Snapshot, stage: Scheduler, actions: Callable[[], Actions], check: Check
) -> bool:
    """Perform once, and take everything back; False where it was seen already."""
    try:
        check(stage.run(actions()))
    except _Known:
        return False
    except BaseException as error:
        error.add_note("in this order:\n  " + "\n  ".join(stage.taken))
        raise
    finally:
        start.restore()
    return True
