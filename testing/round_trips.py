"""Count the round trips to the tables before the first push."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from testing.simulation import Simulation
from testing.steps import Step
from testing.tables import Pairing


class RoundTrips:
    """Round trips: concurrent requests count as one."""

    def __init__(self) -> None:
        self.all = 0
        self._before_push: int | None = None

    @property
    def before_first_push(self) -> int:
        """The round trips before the first push, or all if nothing was pushed."""
        return self.all if self._before_push is None else self._before_push

    def take(self, step: Step) -> None:
        if step.is_request:
            self.all += 1
        elif step.name == "push" and self._before_push is None:
            self._before_push = self.all

    def together(self, *calls: Callable[[], Any]) -> list[Any]:
        before, longest, results = self.all, 0, []
        for call in calls:
            self.all = before
            results.append(call())
            longest = max(longest, self.all - before)
        self.all = before + longest
        return results


@contextmanager
def counting_round_trips(simulation: Simulation) -> Iterator[RoundTrips]:
    round_trips = RoundTrips()
    together, Pairing.together = Pairing.together, staticmethod(round_trips.together)
    try:
        with simulation.steps.observing(simulation.dynamodb, before=round_trips.take):
            yield round_trips
    finally:
        Pairing.together = together
