"""Whether the connection is alive, and what has moved on meanwhile."""

from collections.abc import Callable

from parley_client.engine.context import Context
from parley_client.engine.requests import Outcome, Requests
from parley_client.engine.streams import Streams
from parley_client.engine.timers import Timer
from parley_client.errors import Frame, ParleyError

INTERVAL_SECONDS = 30.0
"""Until the service says otherwise in `connected`."""

MISSES = 2
"""So many heartbeats without an answer, while other frames arrive, end a connection."""

POSITIONS = 100
"""How many conversations one frame may name."""


class Heartbeat:
    """Keeps the connection from being idle, notices that it is dead, and learns what was missed."""

    def __init__(
        self,
        context: Context,
        requests: Requests,
        streams: Streams,
        on_dead: Callable[[], None],
        on_list_changed: Callable[[], None],
    ) -> None:
        self._requests = requests
        self._timers = context.timers
        self._timing = context.timing
        self._streams = streams
        self._on_dead = on_dead
        self._on_list_changed = on_list_changed
        self._interval = INTERVAL_SECONDS
        self._timer: Timer | None = None
        self._awaited = 0
        self._answered = False
        self._has_activity = False
        self._missed = 0
        self._inbox = 0
        """The service's number of the last change of the user's list of conversations."""

    def set_interval(self, seconds: object) -> None:
        if isinstance(seconds, int | float) and seconds > 0:
            self._interval = float(seconds)

    def start(self) -> None:
        """Ask at once: pushes may have been lost while there was no connection."""
        self._missed = 0
        self._schedule()
        self.beat()

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None

    def mark_activity(self) -> None:
        """Note that something arrived: the connection is not dead."""
        self._has_activity = True

    def beat(self) -> None:
        """Ask about all conversations now, unless answers are awaited already."""
        if self._awaited or self._timer is None:
            return
        self._has_activity = self._answered = False
        frames = self._frames()
        self._awaited = len(frames)
        for frame in frames:
            self._requests.request(frame, self._came, self._timing.heartbeat_seconds)

    def _schedule(self) -> None:
        self.stop()
        self._timer = self._timers.after(self._interval, self._tick)

    def _tick(self) -> None:
        self._schedule()
        self.beat()

    def _frames(self) -> list[Frame]:
        """Name every conversation, in as many frames as it takes."""
        positions = list(self._streams.positions().items())
        frames: list[Frame] = []
        for start in range(0, max(1, len(positions)), POSITIONS):
            data: Frame = {"positions": dict(positions[start : start + POSITIONS])}
            frames.append({"type": "heartbeat", "data": data})
        frames[0]["data"]["inbox"] = self._inbox
        return frames

    def _came(self, outcome: Outcome) -> None:
        self._awaited -= 1
        if not isinstance(outcome, ParleyError):
            self._note(outcome)
        if not isinstance(outcome, ParleyError) or outcome.code != "timeout":
            self._answered = True
        if self._awaited == 0:
            self._judge()

    def _note(self, reply: Frame) -> None:
        data = reply.get("data")
        data = data if isinstance(data, dict) else {}
        inbox = data.get("inbox")
        if isinstance(inbox, int) and inbox != self._inbox:
            self._inbox = inbox
            self._on_list_changed()
        self._streams.behind(data.get("behind") or {})

    def _judge(self) -> None:
        if self._answered:
            self._missed = 0
            return
        self._missed += 1
        if not self._has_activity or self._missed >= MISSES:
            self._on_dead()
