"""Decoding: a client's text to a frame, or to the error that names what is wrong with it."""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

import msgspec
from msgspec import UNSET, Struct, UnsetType, json

from chat.protocol.client_frames import ClientFrame
from chat.protocol.errors import BadRequest, TooLarge, UnknownType
from chat.protocol.fields import RequestId
from chat.protocol.limits import MAX_FRAME_BYTES

_MISSING = re.compile(r"missing required field `(?P<name>[^`]+)`")
_PATH = re.compile(r" - at (?:`key` in )?`\$\.?(?P<path>[^`]*)`$")


_REQUEST_ID = re.compile(r'(?<!\\)"requestId"\s*:\s*(?P<value>"(?:[^"\\]|\\.)*")')


class _WithRequestId(Struct, rename="camel"):
    request_id: RequestId | UnsetType = UNSET


class _WithType(Struct):
    type: str


@cache
def _decoder_of_request_id() -> json.Decoder[str]:
    return json.Decoder(RequestId)


@cache
def _decoder[T: Struct](kind: type[T]) -> json.Decoder[T]:
    return json.Decoder(kind)


def decode[F: ClientFrame](text: str, kind: type[F]) -> F:
    """Read a frame of one type.

    Raises:
        BadRequest: it is not JSON, not an object, or a field is missing or wrong; the refusal
            names the field by its path, such as `data.content`.
        TooLarge: it is longer than one frame may be.
    """
    encoded = _utf8(text)
    if len(encoded) > MAX_FRAME_BYTES:
        raise TooLarge("The frame is too large.", MAX_FRAME_BYTES)
    return _decode(encoded, kind)


def refuse_unrouted(text: str) -> BadRequest | UnknownType:
    """Say why a frame has no route: its type is unknown, or it has none that can be read."""
    try:
        _decode(_utf8(text), _WithType)
    except BadRequest as refusal:
        return refusal
    return UnknownType()


def find_request_id(text: str) -> str | None:
    """Find the `requestId` of a frame that may be wrong in every other way.

    Of text that is no JSON, it is the first that stands there as one.
    """
    try:
        found = _decode(_utf8(text), _WithRequestId).request_id
    except BadRequest:
        return next(_request_ids(text), None)
    return None if isinstance(found, UnsetType) else found


def _request_ids(text: str) -> Iterator[str]:
    for match in _REQUEST_ID.finditer(text):
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            yield _decoder_of_request_id().decode(_utf8(match["value"]))


def _utf8(text: str) -> bytes:
    # A lone surrogate survives in a Python string; encoded like this the decoder refuses it.
    return text.encode("utf-8", "surrogatepass")


def _decode[T: Struct](encoded: bytes, kind: type[T]) -> T:
    try:
        return _decoder(kind).decode(encoded)  # type: ignore[no-any-return]  # cache() drops T
    except msgspec.ValidationError as error:
        raise wrong_field(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest("The frame is not JSON.") from error
    except RecursionError as error:
        raise BadRequest("The frame is nested too deeply.") from error


def wrong_field(explanation: str) -> BadRequest:
    """Turn msgspec's sentence, which ends in a path, into one for a person and the field's path."""
    at = _PATH.search(explanation)
    sentence = explanation[: at.start()] if at else explanation
    path = at["path"] if at else ""
    missing = _MISSING.search(sentence)
    if missing:
        path = f"{path}.{missing['name']}" if path else missing["name"]
    return BadRequest(f"{sentence}.", path or None)
