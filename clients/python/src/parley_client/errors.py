"""Why something failed."""

from collections.abc import Mapping
from typing import Any

Frame = dict[str, Any]


class ParleyError(Exception):
    """The service refused a request, or the client cannot answer it.

    `code` is what a program branches on. It is one of the service's codes, which may grow
    (docs/protocol.md, Errors), or one of the client's own:

    - `closed`: the chat was closed
    - `signed_out`: the session was ended, and what was waiting will not be sent
    - `timeout`: no answer came in time; asking again does no harm
    - `outcome_unknown`: it may have happened, and asking again could do it twice
    - `token_failed`: the token provider raised an error, which is the cause of this one
    - `another_user`: the token belongs to another user than the one who was signed in
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        data: Mapping[str, Any] | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data: Mapping[str, Any] = data or {}
        """What the service added: the `field` at fault, a `reference` into its log."""
        self.request_id = request_id
        """The request that was refused, as the frame named it; None if there was no such frame."""

    @property
    def retry_after_seconds(self) -> float | None:
        """After how long it may be tried again, if the service says so."""
        seconds = self.data.get("retry_after_seconds")
        return float(seconds) if isinstance(seconds, int | float) else None

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def error_of(frame: Frame) -> ParleyError:
    """Return the error that an `error` or `auth_error` frame reports."""
    code = str(frame.get("code", "internal"))
    data, request_id = frame.get("data"), frame.get("requestId")
    return ParleyError(
        code,
        str(frame.get("message") or code),
        data=data if isinstance(data, dict) else None,
        request_id=request_id if isinstance(request_id, str) else None,
    )


def again(error: ParleyError) -> ParleyError:
    """Return an equal error: an exception that was raised twice would collect both tracebacks."""
    copied = ParleyError(error.code, error.message, data=error.data, request_id=error.request_id)
    copied.__cause__ = error.__cause__
    return copied


def is_end(error: ParleyError) -> bool:
    """Whether the chat was closed on purpose, and not by a fault."""
    return error.code == "closed" and error.__cause__ is None
