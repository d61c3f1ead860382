"""Pictures of users: small, still, and of a format that the first bytes show.

A client decodes as many pixels as a picture's header claims: a few bytes can claim millions.
SVG is no picture here: it is a document, which can run scripts.
"""

import struct
from collections.abc import Callable, Mapping
from struct import unpack_from

from msgspec import Struct

MAX_PICTURE_SIDE = 512

_SIZES_OF_JPEG = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""The markers that begin a frame (ITU-T T.81, table B.1), which says how large the picture is."""

_ANIMATED = 0b10
"""The flag of an animation (RFC 9649, section 2.7)."""


class Picture(Struct, frozen=True):
    media_type: str
    width: int
    height: int


def find_picture(content: bytes) -> Picture | None:
    """Read what a picture is from its bytes; None if it is not of a format, or cannot be shown.

    It is a whole WebP, JPEG or PNG that does not move, with sides of up to `MAX_PICTURE_SIDE`
    pixels.
    """
    for media_type, size in _FORMATS.items():
        try:
            width, height = size(content)
        except (_NotThis, struct.error):
            continue
        if min(width, height) >= 1 and max(width, height) <= MAX_PICTURE_SIDE:
            return Picture(media_type, width, height)
    return None


class _NotThis(ValueError):
    """The bytes are no still picture of this format."""


def _require(condition: object) -> None:
    if not condition:
        raise _NotThis


def _webp_size(content: bytes) -> tuple[int, int]:
    """Read a size as RFC 9649 (the container), RFC 6386 (lossy) and its section 3 (lossless) do."""
    _require(content.startswith(b"RIFF") and content[8:12] == b"WEBP")
    _require(unpack_from("<I", content, 4)[0] == len(content) - 8)
    match content[12:16]:
        case b"VP8 ":
            _require(content[23:26] == b"\x9d\x01\x2a")
            width, height = unpack_from("<HH", content, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            _require(content[20:21] == b"\x2f")
            bits = unpack_from("<I", content, 21)[0]
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            flags, low, high = unpack_from("<B3xIH", content, 20)
            _require(not flags & _ANIMATED)
            sides = low | high << 32
            return (sides & 0xFFFFFF) + 1, (sides >> 24) + 1
    raise _NotThis


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Read a size from the header of the frame, past other segments (ITU-T T.81, annex B)."""
    _require(content.startswith(b"\xff\xd8\xff") and content.endswith(b"\xff\xd9"))
    at = 2
    while True:
        start, marker, length = unpack_from(">BBH", content, at)
        _require(start == 0xFF)  # noqa: PLR2004 -- the beginning of each marker
        if marker in _SIZES_OF_JPEG:
            height, width = unpack_from(">HH", content, at + 5)
            return width, height
        at += 2 + length


def _png_size(content: bytes) -> tuple[int, int]:
    """Read a size from the first chunk of a whole PNG (W3C PNG, sections 5 and 11)."""
    _require(content.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"))
    _require(content.endswith(b"\0\0\0\0IEND\xaeB`\x82") and b"acTL" not in content)
    width, height = unpack_from(">II", content, 16)
    return width, height


_FORMATS: Mapping[str, Callable[[bytes], tuple[int, int]]] = {
    "image/webp": _webp_size,
    "image/jpeg": _jpeg_size,
    "image/png": _png_size,
}
