"""What is due when."""

import heapq
from collections.abc import Callable
from typing import Any

_FEW = 64


class Timer:
    """One thing that is due at a time, unless it is cancelled."""

    def __init__(self, at: float, number: int, run: Callable[[], Any]) -> None:
        self.at = at
        self.number = number
        self._run: Callable[[], Any] | None = run

    @property
    def is_pending(self) -> bool:
        return self._run is not None

    def cancel(self) -> None:
        self._run = None

    def run(self) -> None:
        run, self._run = self._run, None
        if run:
            run()

    def __lt__(self, other: "Timer") -> bool:
        return (self.at, self.number) < (other.at, other.number)


class Timers:
    """Timers by a monotonic clock, in order. Their owner runs those that are due."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self._heap: list[Timer] = []
        self._made = 0
        self._limit = _FEW

    def after(self, seconds: float, run: Callable[[], Any]) -> Timer:
        self._made += 1
        timer = Timer(self.now() + max(0.0, seconds), self._made, run)
        self._compact()
        heapq.heappush(self._heap, timer)
        return timer

    @property
    def next_at(self) -> float | None:
        """When the next timer is due; None if there is none."""
        while self._heap and not self._heap[0].is_pending:
            heapq.heappop(self._heap)
        return self._heap[0].at if self._heap else None

    def run_due(self) -> None:
        """Run what is due by now, and not what that makes due."""
        now, made = self.now(), self._made
        later: list[Timer] = []
        while self._heap and self._heap[0].at <= now:
            timer = heapq.heappop(self._heap)
            if timer.number > made:
                later.append(timer)
            else:
                timer.run()
        for timer in later:
            heapq.heappush(self._heap, timer)

    def clear(self) -> None:
        for timer in self._heap:
            timer.cancel()
        self._heap.clear()

    def _compact(self) -> None:
        """Forget cancelled timers before they outnumber the others."""
        if len(self._heap) < self._limit:
            return
        self._heap = [timer for timer in self._heap if timer.is_pending]
        heapq.heapify(self._heap)
        self._limit = max(_FEW, 2 * len(self._heap))
