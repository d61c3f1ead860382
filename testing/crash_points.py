"""Kill a function between two of its steps, as Lambda may do at any time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from testing.simulation import Simulation
from testing.snapshots import Snapshot
from testing.steps import Step

type Moment = Literal["before", "after"]


class ProcessKilled(BaseException):
    """Ends a function; no handler may catch it."""


def crash_points(simulation: Simulation, action: Callable[[], Any]) -> Iterator[str]:
    """Run an action once for each of its steps, killed before that step and then after it.

    Yields each time, with the state that the killed action left; restores it at the end.
    """
    start = Snapshot(simulation)
    for number, name in enumerate(_steps(start, simulation, action)):
        for moment in ("before", "after"):
            with _crashing(simulation, number, moment):
                _run(action)
            yield f"killed {moment} step {number}, {name}"
            start.restore()


def _steps(start: Snapshot, simulation: Simulation, action: Callable[[], Any]) -> list[str]:
    names: list[str] = []
    with simulation.steps.observing(
        simulation.dynamodb, before=lambda step: names.append(step.name)
    ):
        action()
    start.restore()
    return names


def _run(action: Callable[[], Any]) -> None:
    try:
        action()
    except ProcessKilled:
        return
    raise AssertionError("it was to be killed")


@contextmanager
def _crashing(simulation: Simulation, number: int, moment: str) -> Iterator[None]:
    left = {"before": number, "after": number}

    def observer(at: str) -> Callable[[Step], None]:
        def count(_: Step) -> None:
            left[at] -= 1
            if left[at] < 0 and at == moment:
                raise ProcessKilled

        return count

    with simulation.steps.observing(
        simulation.dynamodb, before=observer("before"), after=observer("after")
    ):
        yield
