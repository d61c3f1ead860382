"""Run actions concurrently, one step at a time, in a chosen order.

Each action has a thread, which stops before each of its steps; exactly one thread runs at a time.
Concurrent requests of one action get threads of their own, so that their order varies too.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from testing.simulation import Simulation
from testing.steps import Step
from testing.tables import Pairing, one_by_one

type Actions = Mapping[str, Callable[[], Any]]
type Pick = Callable[[Mapping[str, Step]], str]


class Abandoned(BaseException):
    """Ends the actions of an abandoned run; no handler may catch it."""


class _Task:
    """One thread: an action, or one of its concurrent requests."""

    def __init__(self, name: str, run: Callable[[], Any], parent: "_Task | None") -> None:
        self.name = name
        self.parent = parent
        self.turn = threading.Semaphore(0)
        self.pending: Step | None = None
        self.children: list[_Task] = []
        self.groups = 0
        self.ended = False
        self.result: Any = None
        self.error: BaseException | None = None
        self._run = run

    def run(self) -> None:
        self.turn.acquire()
        try:
            self.result = self._run()
        except BaseException as error:  # noqa: BLE001 -- raised again by outcome()
            self.error = error
        self.ended = True

    def outcome(self) -> Any:  # noqa: ANN401 -- an action's own
        if self.error:
            raise self.error
        return self.result


class Scheduler:
    """Runs some actions once.

    Args:
        simulation: where they run.
        pick: chooses which of the ready actions takes its next step.
    """

    def __init__(self, simulation: Simulation, pick: Pick) -> None:
        self._simulation = simulation
        self._pick = pick
        self._local = threading.local()
        self._stopped = threading.Semaphore(0)
        self._abandoned = False
        self._ready: dict[str, _Task] = {}
        self.taken: list[str] = []
        """The steps in the order they were taken, for error messages."""

    def run(self, actions: Actions) -> dict[str, Any]:
        """Run the actions to their ends; returns the result of each."""
        tasks = [_Task(name, run, None) for name, run in actions.items()]
        together, Pairing.together = Pairing.together, staticmethod(self._together)
        try:
            with self._simulation.steps.observing(self._simulation.dynamodb, before=self._wait):
                self._run_all(tasks)
        finally:
            Pairing.together = together
        return {task.name: task.outcome() for task in tasks}

    def _run_all(self, tasks: list[_Task]) -> None:
        try:
            for task in tasks:
                self._start(task)
            while self._ready:
                pending = {name: each.pending for name, each in self._ready.items() if each.pending}
                name = self._pick(pending)
                self.taken.append(f"{name}: {pending[name].name}")
                self._go_on(self._ready.pop(name))
        finally:
            self._abandoned = True
            while self._ready:
                self._go_on(self._ready.popitem()[1])

    # In the thread of the scheduler.

    def _start(self, task: _Task) -> None:
        threading.Thread(target=self._run, args=[task], daemon=True).start()
        self._go_on(task)

    def _go_on(self, task: _Task) -> None:
        """Let a task run up to its next step or its end."""
        known = len(task.children)
        task.pending = None
        task.turn.release()
        self._stopped.acquire()
        if task.pending:
            self._ready[task.name] = task
        elif task.ended:
            self._on_end(task)
        else:
            for child in task.children[known:]:
                self._start(child)

    def _on_end(self, task: _Task) -> None:
        parent = task.parent
        if parent and all(each.ended for each in parent.children):
            self._go_on(parent)

    # In a task's own thread.

    def _run(self, task: _Task) -> None:
        self._local.task = task
        task.run()
        self._stopped.release()

    def _wait(self, step: Step) -> None:
        task: _Task | None = getattr(self._local, "task", None)
        if task is None:
            return  # a request of the test itself
        if not self._abandoned:
            task.pending = step
            self._stop(task)
        if self._abandoned:
            raise Abandoned

    def _together(self, *calls: Callable[[], Any]) -> list[Any]:
        task: _Task | None = getattr(self._local, "task", None)
        if task is None or len(calls) <= 1 or self._abandoned:
            return one_by_one(*calls)
        task.groups += 1
        names = [f"{task.name}.{task.groups}.{place}" for place, _ in enumerate(calls)]
        children = [_Task(*each, task) for each in zip(names, calls, strict=True)]
        task.children += children
        self._stop(task)
        return [child.outcome() for child in children]

    def _stop(self, task: _Task) -> None:
        self._stopped.release()
        task.turn.acquire()
