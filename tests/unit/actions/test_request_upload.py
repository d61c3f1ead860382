"""Announcing an upload: which file, how many, and how much in a day."""

import pytest

from testing.fake_files import UploadRejected
from testing.invariants import rows
from testing.people import Client, Person
from testing.simulation import Simulation

type Room = tuple[Client, Client, str]

DAY = 24 * 60 * 60


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    hers, his = alice.logs_in(), bob.logs_in()
    return hers, his, hers.creates(bob)


def file(**data: object) -> dict[str, object]:
    return {"name": "cat.png", "size": 9, "media_type": "image/png"} | data


def rejected(client: Client, room: str, code: str, **data: object) -> dict[str, object]:
    frame = client.is_rejected(code, "request_upload", conversationId=room, data=file(**data))
    about: dict[str, object] = frame.get("data", {})
    return about


def test_member_gets_a_form_for_this_file_and_ten_minutes(room: Room) -> None:
    hers, _, conversation = room

    reply = hers.sends("request_upload", requestId="r-1", conversationId=conversation, data=file())

    data = reply["data"]
    assert (reply["type"], reply["requestId"]) == ("upload_ready", "r-1")
    assert data["fields"]["key"] == f"u/{conversation}/{data['attachment_id']}"
    assert data["fields"]["Content-Type"] == "image/png"
    assert data["expires_at"] == "2026-11-22T18:29:14.123Z"


def test_form_accepts_exactly_the_size_that_was_asked_for(room: Room) -> None:
    hers, _, conversation = room
    form = hers.requests_upload(conversation, b"123")

    for content in (b"12", b"1234"):
        with pytest.raises(UploadRejected):
            hers.posts(form, content)


def test_each_upload_has_another_id(room: Room) -> None:
    hers, _, conversation = room

    assert hers.uploads(conversation) != hers.uploads(conversation)


def test_file_above_the_largest_size_is_rejected(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    simulation.services = simulation.with_limits(max_upload_bytes=9)

    hers.requests_upload(conversation, b"x" * 9)

    assert rejected(hers, conversation, "too_large", size=10) == {"limit_bytes": 9}


@pytest.mark.parametrize("size", [0, -1, 1.5, "9", 2**53])
def test_size_must_be_a_number_of_bytes(room: Room, size: object) -> None:
    hers, _, conversation = room

    assert rejected(hers, conversation, "bad_request", size=size) == {"field": "data.size"}


@pytest.mark.parametrize("media_type", ["image", "image/PNG", "image/png; x=1", "a/b\n", "*/*", ""])
def test_media_type_must_be_one_without_parameters(room: Room, media_type: str) -> None:
    hers, _, conversation = room

    found = rejected(hers, conversation, "bad_request", media_type=media_type)

    assert found == {"field": "data.media_type"}


def test_only_allowed_media_types_can_be_uploaded(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    allowed = frozenset({"image/*", "application/pdf"})
    simulation.services = simulation.with_limits(upload_media_types=allowed)

    for media_type in ("image/webp", "application/pdf"):
        hers.requests_upload(conversation, media_type=media_type)

    found = rejected(hers, conversation, "bad_request", media_type="application/zip")
    assert found == {"field": "data.media_type"}


def test_name_is_stored_clean(room: Room) -> None:
    hers, _, conversation = room
    picture = hers.uploads(conversation, name="C:\\Users\\x\\cat\u202egnp.exe")

    [shown] = hers.shows(picture, to=conversation)["attachments"]

    assert shown["name"] == "catgnp.exe"


def test_uploads_of_a_connection_are_limited_by_the_minute(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
    simulation.services = simulation.with_limits(uploads_per_minute=2)
    for _ in range(2):
        hers.requests_upload(conversation)

    assert rejected(hers, conversation, "rate_limited") == {"retry_after_seconds": 46}

    simulation.advance_time(seconds=60)
    hers.requests_upload(conversation)


def test_bytes_of_a_user_are_limited_by_the_day(
    simulation: Simulation, room: Room, alice: Person
) -> None:
    hers, his, conversation = room
    simulation.services = simulation.with_limits(upload_bytes_per_day=20)
    hers.requests_upload(conversation, b"x" * 15)

    refused = rejected(alice.logs_in(), conversation, "rate_limited", size=6)

    assert refused == {"retry_after_seconds": 5 * 3600 + 40 * 60 + 46}
    hers.requests_upload(conversation, b"x" * 5)
    his.requests_upload(conversation, b"x" * 20)
    simulation.advance_time(seconds=DAY)
    alice.logs_in().requests_upload(conversation, b"x" * 20)


def test_file_larger_than_a_day_allows_is_rejected(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    simulation.services = simulation.with_limits(upload_bytes_per_day=5)

    rejected(hers, conversation, "rate_limited", size=6)


def test_rejected_request_stores_nothing(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    simulation.services = simulation.with_limits(upload_bytes_per_day=10)
    hers.requests_upload(conversation, b"x" * 10)
    before = (rows("AttachmentsTable"), rows("UploadTotalsTable"))

    rejected(hers, conversation, "rate_limited", size=1)

    assert (rows("AttachmentsTable"), rows("UploadTotalsTable")) == before


def test_deployment_without_files_knows_no_such_frame(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    simulation.has_files = False

    rejected(hers, conversation, "unknown_type")
    hers.is_rejected(
        "unknown_type",
        "get_attachments",
        conversationId=conversation,
        data={"attachment_ids": ["a"]},
    )
