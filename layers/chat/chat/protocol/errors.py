"""Every error of the protocol, with its stable code and its message for the client."""

from enum import StrEnum
from typing import ClassVar


class ErrorCode(StrEnum):
    """The codes of `error` and `auth_error` frames; a value is never renamed."""

    BAD_REQUEST = "bad_request"
    UNKNOWN_TYPE = "unknown_type"
    TOO_LARGE = "too_large"
    NOT_AUTHENTICATED = "not_authenticated"
    AUTH_EXPIRED = "auth_expired"
    AUTH_TIMEOUT = "auth_timeout"
    NOT_A_MEMBER = "not_a_member"
    FORBIDDEN = "forbidden"
    MUTED = "muted"
    RATE_LIMITED = "rate_limited"
    CONFLICT = "conflict"
    REFUSED = "refused"
    INTERNAL = "internal"
    INVALID_CREDENTIALS = "invalid_credentials"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 -- the code's name, no secret
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 -- the code's name, no secret
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    ALREADY_AUTHENTICATED = "already_authenticated"


class ProtocolError(Exception):
    """The chat does not carry out a frame; code and message say why."""

    code: ClassVar[ErrorCode]
    message: str = ""

    def __init__(self, message: str | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__(self.message)

    @property
    def data(self) -> dict[str, str | int] | None:
        """The error frame's `data`, beside code and message."""
        return None


class BadRequest(ProtocolError):
    code = ErrorCode.BAD_REQUEST

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field

    @property
    def data(self) -> dict[str, str | int] | None:
        return {"field": self.field} if self.field else None


class UnknownType(ProtocolError):
    code = ErrorCode.UNKNOWN_TYPE
    message = "There is no frame of this type."


class TooLarge(ProtocolError):
    code = ErrorCode.TOO_LARGE

    def __init__(self, message: str, limit_bytes: int) -> None:
        super().__init__(message)
        self.limit_bytes = limit_bytes

    @property
    def data(self) -> dict[str, str | int]:
        return {"limit_bytes": self.limit_bytes}


class NotAuthenticated(ProtocolError):
    code = ErrorCode.NOT_AUTHENTICATED
    message = "Authenticate first."


class AuthExpired(ProtocolError):
    code = ErrorCode.AUTH_EXPIRED
    message = "The session ran out. Authenticate again."


class AuthTimeout(ProtocolError):
    code = ErrorCode.AUTH_TIMEOUT
    message = "Not authenticated in time. The connection is closed."


class NotAMember(ProtocolError):
    code = ErrorCode.NOT_A_MEMBER
    message = "You are not a member, or there is no such conversation or message."


class Forbidden(ProtocolError):
    code = ErrorCode.FORBIDDEN
    message = "Only an owner of the conversation may do this."


class Conflict(ProtocolError):
    code = ErrorCode.CONFLICT


class VersionConflict(Conflict):
    """Another version came meanwhile than the one that was changed."""

    message = "The message was changed meanwhile."

    def __init__(self, version: int) -> None:
        super().__init__()
        self.version = version

    @property
    def data(self) -> dict[str, str | int]:
        return {"version": self.version}


class Refused(ProtocolError):
    """The owner's function does not let the message be sent."""

    code = ErrorCode.REFUSED
    message = "The message was not accepted."

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self.reason = reason

    @property
    def data(self) -> dict[str, str | int] | None:
        return {"reason": self.reason} if self.reason else None


class _RetryLater(ProtocolError):
    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"Too many. Try again in {retry_after_seconds} s.")
        self.retry_after_seconds = retry_after_seconds

    @property
    def data(self) -> dict[str, str | int]:
        return {"retry_after_seconds": self.retry_after_seconds}


class RateLimited(_RetryLater):
    code = ErrorCode.RATE_LIMITED


class SlowMode(RateLimited):
    """The user has sent a message to a conversation in slow mode a moment ago."""

    def __init__(self, retry_after_seconds: int, until: str) -> None:
        super().__init__(retry_after_seconds)
        self.message = f"The conversation is in slow mode. Try again in {retry_after_seconds} s."
        self.until = until

    @property
    def data(self) -> dict[str, str | int]:
        return {"retry_after_seconds": self.retry_after_seconds, "until": self.until}


class Muted(ProtocolError):
    code = ErrorCode.MUTED

    def __init__(self, until: str) -> None:
        super().__init__(f"You are muted in this conversation until {until}.")
        self.until = until

    @property
    def data(self) -> dict[str, str | int]:
        return {"until": self.until}


class AuthRefusal(ProtocolError):
    """Authenticating failed; sent as `auth_error`."""


class InvalidCredentials(AuthRefusal):
    code = ErrorCode.INVALID_CREDENTIALS
    message = "The username or the password is wrong."


class InvalidToken(AuthRefusal):
    code = ErrorCode.INVALID_TOKEN
    message = "The token is not valid."


class TokenExpired(AuthRefusal):
    code = ErrorCode.TOKEN_EXPIRED
    message = "The token has expired. Log in again."


class TooManyAttempts(AuthRefusal, _RetryLater):
    code = ErrorCode.TOO_MANY_ATTEMPTS


class AlreadyAuthenticated(AuthRefusal):
    code = ErrorCode.ALREADY_AUTHENTICATED
    message = "This connection is authenticated as another user."
