"""A picture of a user is small, stands still, and is what its bytes say."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.protocol.pictures import MAX_PICTURE_SIDE, Picture, find_picture
from testing import pictures

WEBP, JPEG, PNG = "image/webp", "image/jpeg", "image/png"
EXAMPLES = {
    "lossy": (pictures.LOSSY_WEBP, WEBP),
    "lossless": (pictures.LOSSLESS_WEBP, WEBP),
    "transparent": (pictures.TRANSPARENT_WEBP, WEBP),
    "jpeg": (pictures.JPEG, JPEG),
    "png": (pictures.PNG, PNG),
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def riff(chunks: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def png(width: int, height: int, *more: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0"))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + pixels + chunk(b"IEND", b"")


def lossy(width: int, height: int) -> bytes:
    sides = struct.pack("<HH", width, height)
    return pictures.LOSSY_WEBP[:26] + sides + pictures.LOSSY_WEBP[30:]


def lossless(width: int, height: int) -> bytes:
    sides = struct.pack("<I", (width - 1) | (height - 1) << 14)
    return pictures.LOSSLESS_WEBP[:21] + sides + pictures.LOSSLESS_WEBP[25:]


def extended(width: int, height: int, flags: int = 0x10) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    head = b"VP8X\x0a\0\0\0" + bytes([flags, 0, 0, 0]) + sides
    return riff(head + pictures.TRANSPARENT_WEBP[30:])


def jpeg(width: int, height: int) -> bytes:
    at = pictures.JPEG.index(b"\xff\xc0") + 5
    return pictures.JPEG[:at] + struct.pack(">HH", height, width) + pictures.JPEG[at + 4 :]


SIZED = {"lossy": lossy, "lossless": lossless, "extended": extended, "jpeg": jpeg, "png": png}


@pytest.mark.parametrize("name", EXAMPLES)
def test_formats_that_browsers_make_are_pictures(name: str) -> None:
    content, media_type = EXAMPLES[name]

    assert find_picture(content) == Picture(media_type, 8, 8)


def test_the_largest_picture_of_the_other_tests_is_one() -> None:
    assert find_picture(pictures.largest()) == Picture(WEBP, 8, 8)


@pytest.mark.parametrize("name", SIZED)
def test_picture_claims_no_more_pixels_than_a_reader_can_decode(name: str) -> None:
    sized, most = SIZED[name], MAX_PICTURE_SIDE

    assert find_picture(sized(most, most - 1)) == Picture(
        {"jpeg": JPEG, "png": PNG}.get(name, WEBP), most, most - 1
    )
    assert find_picture(sized(most + 1, 1)) is find_picture(sized(1, most + 1)) is None
    assert find_picture(sized(16_383, 16_383)) is None


@pytest.mark.parametrize("content", [png(0, 8), lossy(8, 0), jpeg(0, 0)])
def test_picture_without_pixels_is_none(content: bytes) -> None:
    assert find_picture(content) is None


@pytest.mark.parametrize("content", [extended(8, 8, flags=0x12), png(8, 8, chunk(b"acTL", b""))])
def test_picture_does_not_move(content: bytes) -> None:
    assert find_picture(content) is None


@pytest.mark.parametrize(
    "content",
    [b"", SVG, HTML, b"GIF89a" + HTML, b"BM" + bytes(60), b"%PDF-1.7", b"\xff\xd8\xff\xd9"],
    ids=["nothing", "svg", "html", "gif", "bmp", "pdf", "jpeg without a frame"],
)
def test_other_content_is_no_picture(content: bytes) -> None:
    assert find_picture(content) is None


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("more", [SVG, HTML, b"PK\x05\x06" + bytes(18)], ids=["svg", "html", "zip"])
def test_picture_with_something_in_front_or_appended_is_none(name: str, more: bytes) -> None:
    content, _ = EXAMPLES[name]

    assert find_picture(content + more) is find_picture(more + content) is None


@pytest.mark.parametrize("name", EXAMPLES)
def test_picture_that_was_cut_off_is_none(name: str) -> None:
    content, _ = EXAMPLES[name]

    assert [n for n in range(len(content)) if find_picture(content[:n])] == []


@given(st.sampled_from([content for content, _ in EXAMPLES.values()]), st.data())
def test_no_bytes_break_the_reader(content: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(content)))

    found = find_picture(content[:cut] + data.draw(st.binary(max_size=64)))

    assert found is None or max(found.width, found.height) <= MAX_PICTURE_SIDE
