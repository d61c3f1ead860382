"""Pictures of users: eight pixels wide and high, each of another format, as browsers make them."""

from base64 import b64decode

from chat.protocol.limits import MAX_PICTURE_BYTES

LOSSY_WEBP = b64decode(
    "UklGRlgAAABXRUJQVlA4IEwAAAAwAgCdASoIAAgAAsBMJbACdLoAfgACjFgMoAD+whAQKleBYdu4djTIcOyOD/iUFrrd"
    "vuk7GI0aXDsW9D/wQr59smd5nvpW7d9lAAAA"
)
LOSSLESS_WEBP = b64decode("UklGRiQAAABXRUJQVlA4TBgAAAAvB8ABAA/wjplH3L5qev4jDR//j+h/jAM=")
TRANSPARENT_WEBP = b64decode(
    "UklGRn0AAABXRUJQVlA4WAoAAAAQAAAABwAABwAAQUxQSA4AAAABD/DA/4iI8PH/iP7HOFZQOCBIAAAA8AEAnQEqCAAI"
    "AALATCWwAnS6AAJ0WAygAP7A/Vag0/x5dr57ov5SDtLoYf7UnV97An1ng5DbYutrl/7i3h4xk5TP27+BW9AAAA=="
)
JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////"
    "////////////////////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////"
    "////////////////////////////wAARCAAIAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAL/xAAXEAEA"
    "AwAAAAAAAAAAAAAAAAAAEiFh/8QAFAEBAAAAAAAAAAAAAAAAAAAAA//EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEA"
    "AhEDEQA/AIuWADM//9k="
)
PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAPElEQVR4AYyLsQ0AIAgEDXvY2ziIndu6gr0juIgF5CoJ"
    "kCue3L/s2b5Icc7EuF2hZoKfEIlVj5JeUCQ8AAAA//+JL2IMAAAABklEQVQDAM+fExFlXAuTAAAAAElFTkSuQmCC"
)


def largest() -> bytes:
    """Make a picture of as many bytes as one may have: behind it, a chunk that nobody shows."""
    content = LOSSY_WEBP + b"JUNK"
    rest = MAX_PICTURE_BYTES - len(content) - 4
    content += rest.to_bytes(4, "little") + bytes(rest)
    return content[:4] + (len(content) - 8).to_bytes(4, "little") + content[8:]
