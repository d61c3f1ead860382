"""Lambda's execution environments of one function: which event meets a cold start."""

from heapq import heappop, heappush

from msgspec import Struct


class Event(Struct, frozen=True, order=True):
    """A frame that reaches its function."""

    at: float
    """Seconds since the day began."""
    frame: str
    seconds: float
    """How long the function runs for it, warm."""


class Environments:
    """The environments of one function. Each handles one event at a time.

    An environment that was idle for longer than its idle life is gone. Of several idle ones, the
    one that was used last takes the next event, so that the others can end.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
    """

    def __init__(self, idle_life: float, cold_seconds: float) -> None:
        self._idle_life = idle_life
        self._cold_seconds = cold_seconds
        self._busy: list[float] = []
        """When each environment that runs ends, the first to end in front."""
        self._idle: list[float] = []
        """Since when each other environment is idle, the longest idle in front."""

    def take(self, event: Event) -> bool:
        """Take an event, none of which is earlier than the one before; True if it starts cold."""
        # They end in the order of time, and none ended before those that are idle already.
        while self._busy and self._busy[0] <= event.at:
            self._idle.append(heappop(self._busy))
        if self._idle and self._idle[-1] + self._idle_life >= event.at:
            self._idle.pop()
            heappush(self._busy, event.at + event.seconds)
            return False
        self._idle.clear()
        heappush(self._busy, event.at + self._cold_seconds + event.seconds)
        return True
