"""Requests on one connection."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from parley_client.engine.context import Context
from parley_client.engine.timers import Timer
from parley_client.errors import Frame, ParleyError, error_of
from parley_client.frames import encode

Outcome: TypeAlias = Frame | ParleyError
"""The reply of a request, or why there is none."""

Done: TypeAlias = Callable[[Outcome], None]

DISCONNECTED = "disconnected"
"""The code of a request whose connection was lost before its answer came. No caller sees it."""


@dataclass
class _Pending:
    type: object
    done: Done
    timer: Timer


class Requests:
    """Requests that get exactly one reply, matched by `requestId`."""

    def __init__(
        self,
        context: Context,
        transmit: Callable[[str], None],
        on_timeout: Callable[[], None],
    ) -> None:
        self._timers = context.timers
        self._transmit = transmit
        self._on_timeout = on_timeout
        self._pending: dict[str, _Pending] = {}
        self._made = 0

    def request(self, frame: Frame, done: Done, seconds: float) -> str:
        """Send the frame; `done` gets its reply, its refusal, or a `timeout`. Returns its id."""
        request_id = str(self._made + 1)
        text = encode({**frame, "requestId": request_id})
        self._made += 1
        timer = self._timers.after(seconds, lambda: self._expire(request_id))
        self._pending[request_id] = _Pending(frame.get("type"), done, timer)
        self._transmit(text)
        return request_id

    def forget(self, request_id: str) -> None:
        """Take no reply: nobody waits for it."""
        pending = self._pending.pop(request_id, None)
        if pending:
            pending.timer.cancel()

    def awaits(self, frame_type: str, frame: Frame) -> bool:
        """Whether a request of this type waits for its reply, and the frame is not that reply."""
        return any(
            pending.type == frame_type and request_id != frame.get("requestId")
            for request_id, pending in self._pending.items()
        )

    def answer(self, frame: Frame) -> None:
        """Hand the frame to the request that it answers, if it answers one."""
        request_id = frame.get("requestId")
        if not isinstance(request_id, str):
            return
        is_refusal = frame.get("type") in ("error", "auth_error")
        self._settle(request_id, error_of(frame) if is_refusal else frame)

    def reject_all(self) -> None:
        """Expect no answer: the connection is gone."""
        for request_id in list(self._pending):
            message = "The connection was lost before the answer came."
            self._settle(request_id, ParleyError(DISCONNECTED, message, request_id=request_id))

    def expedite(self, seconds: float) -> None:
        """Wait only so long for each: API Gateway failed at one, and does not say which."""
        until = self._timers.now() + seconds
        for request_id, pending in self._pending.items():
            if pending.timer.at > until:
                pending.timer.cancel()
                pending.timer = self._timers.after(seconds, self._expiring(request_id))

    def _expiring(self, request_id: str) -> Callable[[], None]:
        return lambda: self._expire(request_id)

    def _expire(self, request_id: str) -> None:
        message = "The service did not answer in time."
        self._settle(request_id, ParleyError("timeout", message, request_id=request_id))
        self._on_timeout()

    def _settle(self, request_id: str, outcome: Outcome) -> None:
        pending = self._pending.pop(request_id, None)
        if pending:
            pending.timer.cancel()
            pending.done(outcome)
