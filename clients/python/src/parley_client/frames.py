"""Frames as text, and the limits of the service."""

import json
from collections.abc import Sequence

from parley_client.errors import Frame, ParleyError

FRAME_BYTES = 32_768
"""API Gateway's quota for one frame."""

BATCH = "batch"
"""The type of a frame with several frames, which the client says that it accepts."""

CONTENT_BYTES = 16_384
"""The service's limit for the content of one message."""


def encode(frame: Frame) -> str:
    """Return the frame as text. API Gateway closes a connection over a frame that is too large."""
    text = well_formed(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))
    _check_size("A frame", text, FRAME_BYTES)
    return text


def decode(text: str) -> Frame | None:
    """Return the frame in the text, or None: a client ignores what it does not know."""
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return frame if isinstance(frame, dict) else None


def unpack(frame: Frame) -> list[Frame]:
    """Return the frames of a batch in order, or the frame itself if it is none."""
    if frame.get("type") != BATCH:
        return [frame]
    data = frame.get("data")
    frames = data.get("frames") if isinstance(data, dict) else None
    inner = frames if isinstance(frames, list) else []
    return [each for each in inner if isinstance(each, dict) and each.get("type") != BATCH]


def well_formed(text: str) -> str:
    """Return the text as a frame can carry it: half a surrogate pair becomes U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def checked_content(content: str, attachments: Sequence[object] = ()) -> str:
    """Return the content as a frame carries it, or raise `bad_request` or `too_large`."""
    if not content and not attachments:
        data = {"field": "data.content"}
        raise ParleyError("bad_request", "A message needs some text.", data=data)
    content = well_formed(content)
    _check_size("A message", content, CONTENT_BYTES)
    return content


def _check_size(what: str, text: str, limit: int) -> None:
    size = len(text.encode())
    if size > limit:
        raise ParleyError(
            "too_large",
            f"{what} may have {limit} bytes; this one has {size}.",
            data={"limit_bytes": limit, "bytes": size},
        )
