"""Requests over any number of connections."""

from parley_client.engine.context import Context
from parley_client.engine.requests import DISCONNECTED, Done, Outcome, Requests
from parley_client.engine.timers import Timer
from parley_client.errors import Frame, ParleyError, again

REFUSALS = 5
"""So often the service may say that it cannot just now, before that is the outcome."""

SILENCES = 20
"""So often the answer may fail to come on a live connection before none is expected."""

_WAIT = {"internal", "rate_limited", "auth_expired", "not_authenticated"}


class Call:
    """One request, asked until there is an outcome. Only a repeatable one is asked twice."""

    def __init__(self, frame: Frame, done: Done, *, is_repeatable: bool) -> None:
        self.frame = frame
        self.done = done
        self.is_repeatable = is_repeatable
        self.was_sent = False
        self.request_id: str | None = None
        """Of the request that is on its way."""
        self.pause: Timer | None = None
        """Until it is asked again."""
        self.deadline: Timer | None = None
        self.refusals = 0
        self.silences = 0


class Calls:
    """The calls that have no outcome yet."""

    def __init__(
        self,
        requests: Requests,
        context: Context,
    ) -> None:
        self._requests = requests
        self._timers = context.timers
        self._timing = context.timing
        self._random = context.clock.random
        self._calls: dict[Call, None] = {}
        self._is_open = False
        self._ended: ParleyError | None = None

    def start(
        self,
        frame: Frame,
        done: Done,
        *,
        is_repeatable: bool = True,
        seconds: float | None = None,
    ) -> Call:
        """Ask now or on the next connection; without `seconds` for as long as the chat lasts."""
        call = Call(frame, done, is_repeatable=is_repeatable)
        if self._ended:
            done(again(self._ended))
            return call
        self._calls[call] = None
        if seconds is not None:
            call.deadline = self._timers.after(seconds, lambda: self._give_up(call))
        self._ask(call)
        return call

    def cancel(self, call: Call) -> None:
        """Ask no more: nobody waits for the outcome. What was sent may still happen."""
        self._calls.pop(call, None)
        for timer in (call.pause, call.deadline):
            if timer:
                timer.cancel()
        if call.request_id:
            self._requests.forget(call.request_id)

    def resume(self) -> None:
        """Ask: there is a connection on which the user is authenticated."""
        self._is_open = True
        for call in list(self._calls):
            self._ask(call)

    def suspend(self) -> None:
        """Ask nothing: there is none."""
        self._is_open = False

    def end(self, error: ParleyError) -> None:
        """Give up: there will never be one again."""
        self._ended = error
        for call in list(self._calls):
            self._finish(call, again(error))

    def _ask(self, call: Call) -> None:
        is_paused = call.pause is not None and call.pause.is_pending
        if not self._is_open or call.request_id or is_paused or call not in self._calls:
            return
        try:
            call.request_id = self._requests.request(
                call.frame,
                lambda outcome: self._answered(call, outcome),
                self._timing.request_seconds,
            )
        except ParleyError as error:  # it is too large
            self._finish(call, error)
        else:
            call.was_sent = True

    def _answered(self, call: Call, outcome: Outcome) -> None:
        call.request_id = None
        if not isinstance(outcome, ParleyError):
            self._finish(call, outcome)
        elif outcome.code in (DISCONNECTED, "timeout"):
            self._not_answered(call, outcome)
        elif outcome.code in _WAIT:
            self._refused(call, outcome)
        else:
            self._finish(call, outcome)

    def _not_answered(self, call: Call, error: ParleyError) -> None:
        # A connection on which nothing is answered is ended by its heartbeat: that is no silence.
        call.silences = call.silences + 1 if error.code == "timeout" else 0
        if not call.is_repeatable:
            self._finish(call, _unknown(error))
        elif call.silences >= SILENCES:
            self._finish(call, error)
        else:
            self._ask(call)

    def _refused(self, call: Call, error: ParleyError) -> None:
        call.refusals += 1
        if call.refusals >= REFUSALS:
            self._finish(call, error)
            return
        # Jitter is added to what the service asks for, or all clients come back at once.
        delay = self._timing.backoff(call.refusals, self._random)
        delay += error.retry_after_seconds or 0.0
        call.pause = self._timers.after(delay, lambda: self._ask(call))

    def _give_up(self, call: Call) -> None:
        if call.was_sent and not call.is_repeatable:
            error = _unknown(None)
        else:
            error = ParleyError("timeout", "There was no answer in time.")
        error.request_id = call.request_id
        self._finish(call, error)

    def _finish(self, call: Call, outcome: Outcome) -> None:
        self.cancel(call)
        call.done(outcome)


def _unknown(cause: ParleyError | None) -> ParleyError:
    message = "The answer was lost: it may have happened."
    error = ParleyError("outcome_unknown", message)
    if cause:
        error.__cause__ = cause
        error.request_id = cause.request_id
    return error
