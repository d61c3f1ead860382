"""Frames to bytes."""

from msgspec import Struct, json, structs

from chat.protocol.errors import AuthRefusal, BadRequest, ProtocolError
from chat.protocol.server_frames import AuthError, Error, ServerFrame

_encoder = json.Encoder()


def encode(frame: Struct) -> bytes:
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
