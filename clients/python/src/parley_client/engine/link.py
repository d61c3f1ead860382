"""The connection that there is, and the next one."""

from collections.abc import Callable

from parley_client.engine.context import Context
from parley_client.engine.effects import Close, Open, Send
from parley_client.engine.timers import Timer


class Link:
    """One address, and one socket after another to it. It knows nothing of frames.

    It opens, notices the end, and opens again after the backoff for as long as it is wanted.
    """

    def __init__(
        self,
        context: Context,
        on_lost: Callable[[], None],
    ) -> None:
        self._timers = context.timers
        self._timing = context.timing
        self._random = context.clock.random
        self._effect = context.effect
        self._on_lost = on_lost
        self._number = 0
        self._is_there = False
        self._is_wanted = False
        self._timer: Timer | None = None
        self._attempt = 0
        self._useful_since: float | None = None

    def start(self) -> None:
        """Open a socket now, and others after it."""
        self._is_wanted = True
        self._open()

    def stop(self) -> None:
        """End the socket and all further attempts."""
        self._is_wanted = False
        self._set_timer(None)
        self._release()

    def is_current(self, connection: int) -> bool:
        """Whether a report is of the socket that there is."""
        return self._is_there and connection == self._number

    def opened(self) -> None:
        self._set_timer(None)

    def mark_useful(self) -> None:
        """Let the backoff begin again if it holds: the user is authenticated on it."""
        if self._useful_since is None:
            self._useful_since = self._timers.now()

    def transmit(self, text: str) -> None:
        if self._is_there:
            self._effect(Send(self._number, text))

    def drop(self) -> None:
        """Count the socket as lost: a dead peer answers no closing handshake."""
        if not self._is_there:
            return
        self._release()
        delay = self._next_delay()
        self._set_timer(self._timers.after(delay, self._open) if self._is_wanted else None)
        self._on_lost()

    def _open(self) -> None:
        self._number += 1
        self._is_there = True
        self._set_timer(self._timers.after(self._timing.connect_seconds, self.drop))
        self._effect(Open(self._number))

    def _release(self) -> None:
        if self._is_there:
            self._is_there = False
            self._effect(Close(self._number))

    def _next_delay(self) -> float:
        since, self._useful_since = self._useful_since, None
        if since is not None and self._timers.now() - since >= self._timing.stable_seconds:
            self._attempt = 0
        self._attempt += 1
        return self._timing.backoff(self._attempt - 1, self._random)

    def _set_timer(self, timer: Timer | None) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = timer
