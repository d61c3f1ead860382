"""Which files a browser may show by themselves, and what it saves them as."""

import pytest

from chat.files.headers import content_disposition, is_shown
from chat.files.keys import find_file, taken_key, upload_key
from chat.protocol.ids import AttachmentId, ConversationId


@pytest.mark.parametrize(
    "media_type", ["image/png", "image/webp", "audio/ogg", "video/mp4", "image/x-icon"]
)
def test_images_audio_and_video_are_shown(media_type: str) -> None:
    assert is_shown(media_type)


@pytest.mark.parametrize(
    "media_type",
    [
        "image/svg+xml",
        "image/svg",
        "image/x-svg+xml",
        "image/svg-xml",
        "image/xml",
        "image/any+xml",
        "video/html",
        "text/html",
        "application/xhtml+xml",
        "text/xml",
        "text/plain",
        "application/pdf",
        "application/javascript",
        "application/octet-stream",
        "imagery/png",
    ],
)
def test_documents_and_all_other_files_are_saved(media_type: str) -> None:
    assert content_disposition("x", media_type).startswith("attachment;")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("cat.png", "filename=\"cat.png\"; filename*=UTF-8''cat.png"),
        ("Zoë.png", "filename=\"Zo?.png\"; filename*=UTF-8''Zo%C3%AB.png"),
        ('a"b;c.png', "filename=\"a'b;c.png\"; filename*=UTF-8''a%22b%3Bc.png"),
        ("50%20.png", "filename=\"50_20.png\"; filename*=UTF-8''50%2520.png"),
    ],
)
def test_name_cannot_leave_its_header(name: str, written: str) -> None:
    assert content_disposition(name, "image/png") == f"inline; {written}"


def test_key_says_which_file_lies_there() -> None:
    place = (ConversationId("a/room: 1"), AttachmentId("a1"))

    assert find_file(upload_key(*place)) == find_file(taken_key(*place)) == place


@pytest.mark.parametrize("key", ["", "u/", "c/", "u/room", "u//a1", "u/room/", "x/room/a1"])
def test_other_keys_are_no_files(key: str) -> None:
    assert find_file(key) is None
