"""Let something happen just before a step of something else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from testing.simulation import Simulation
from testing.steps import Step


@contextmanager
def inject_before(
    simulation: Simulation,
    name: str,
    happens: Callable[[], object],
    *,
    times: int = 1,
    after: int = 0,
) -> Iterator[None]:
    """Let something happen before the next steps of a name, such as `PutItem` or `push`.

    It happens `times` times, after `after` steps of that name have passed. Its own steps do not
    count.
    """
    left, to_pass, busy = times, after, False

    def disturb(step: Step) -> None:
        nonlocal left, to_pass, busy
        if busy or not left or step.name != name:
            return
        if to_pass:
            to_pass -= 1
            return
        left, busy = left - 1, True
        try:
            happens()
        finally:
            busy = False

    with simulation.steps.observing(simulation.dynamodb, before=disturb):
        yield
