"""Pushes that leave a function the time to answer."""

from collections.abc import Callable, Iterable
from typing import Protocol

from msgspec.structs import replace

from chat.actions.services import Push, Services
from chat.protocol.ids import ConnectionId
from chat.push.limits import INLINE, Allowance
from chat.push.post import Outcome

MARGIN_SECONDS = 2.5
"""Kept for what follows a push: rows of connections that are gone, pauses of `greet`, the reply."""


class Clock(Protocol):
    """The clock of Lambda's context object."""

    def get_remaining_time_in_millis(self) -> int: ...


class NoTimeLeft(TimeoutError):
    """The invocation has no time left for pushes."""


def require_time(clock: Clock, seconds: float = 0) -> None:
    """Check that there is time left for pushes, and more than so many seconds of it.

    Raises:
        NoTimeLeft
    """
    if _seconds_left(clock) <= seconds:
        raise NoTimeLeft


def bounded(services: Services, clock: Clock) -> Services:
    """Give the services for one invocation, all of whose pushes end in time."""
    return replace(
        services, push=lambda: BoundedPush(services.push(), lambda: _seconds_left(clock))
    )


def _seconds_left(clock: Clock) -> float:
    return clock.get_remaining_time_in_millis() / 1000 - MARGIN_SECONDS


class BoundedPush:
    """Allows each push no more than is left when it begins."""

    def __init__(self, push: Push, seconds_left: Callable[[], float]) -> None:
        self._push = push
        self._seconds_left = seconds_left

    def push(
        self,
        connection_ids: Iterable[ConnectionId],
        frame: bytes,
        allowance: Allowance = INLINE,
    ) -> dict[ConnectionId, Outcome]:
        return self._push.push(connection_ids, frame, allowance.within(self._seconds_left()))

    def close_connection(
        self, connection_id: ConnectionId, allowance: Allowance = INLINE
    ) -> Outcome:
        return self._push.close_connection(connection_id, allowance.within(self._seconds_left()))
