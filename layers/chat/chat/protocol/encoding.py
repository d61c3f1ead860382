"""Frames to bytes, and instants to text.

An instant is whole milliseconds since 1970 inside the service, and RFC 3339 text on the wire.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct, json, structs

from chat.protocol.errors import AuthRefusal, BadRequest, ProtocolError
from chat.protocol.server_frames import AuthError, Error, ServerFrame

_encoder = json.Encoder()
_EPOCH = datetime.fromtimestamp(0, UTC)


def encode(frame: Struct | Sequence[str]) -> bytes:
    """Encode a frame, or a part of one, as the UTF-8 text that goes over the wire."""
    return _encoder.encode(frame)


def as_reply[F: ServerFrame](frame: F, request_id: str | None) -> F:
    """Make the direct reply out of a frame: the same, repeating the request's id."""
    return structs.replace(frame, request_id=request_id) if request_id else frame


def error_frame(refusal: ProtocolError, *, authenticating: bool = False) -> AuthError | Error:
    """Make the frame of an error: `auth_error` if authenticating failed, else `error`."""
    is_about_it = authenticating and isinstance(refusal, BadRequest)
    told = AuthError if is_about_it or isinstance(refusal, AuthRefusal) else Error
    return told(code=refusal.code, message=refusal.message, data=refusal.data)


def milliseconds(at: datetime) -> int:
    """Read a time as an instant, without what is shorter than a millisecond."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def rfc3339(at_ms: int) -> str:
    """Write an instant as `2026-11-22T18:19:14.123Z`: UTC, always three digits of a second."""
    at = datetime.fromtimestamp(at_ms // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"
