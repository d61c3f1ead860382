"""Files, from the form to the address, over HTTP as a browser does it."""

from http import HTTPStatus
from urllib.parse import urlsplit

import pytest

from testing.live.files import download, upload
from testing.live.people import Client, Frame, Person

PICTURE = b"\x89PNG\r\n\x1a\n a picture"


def requests(client: Client, room: str, **data: object) -> Frame:
    file = {"name": "cat.png", "size": len(PICTURE), "media_type": "image/png"} | data
    reply = client.sends("request_upload", conversationId=room, data=file)
    assert reply["type"] == "upload_ready", reply
    form: Frame = reply["data"]
    return form


def uploads(client: Client, room: str, **data: object) -> str:
    form = requests(client, room, **data)
    answer = upload(form["url"], form["fields"], PICTURE)
    assert answer.status == HTTPStatus.NO_CONTENT, answer
    attachment_id: str = form["attachment_id"]
    return attachment_id


def shows(client: Client, room: str, *attachment_ids: str) -> Frame:
    named = [{"attachment_id": each} for each in attachment_ids]
    reply = client.sends("chat_message", conversationId=room, data={"attachments": named})
    assert reply["type"] == "chat_message", reply
    message: Frame = reply["data"]
    return message


def address(client: Client, room: str, attachment_id: str) -> str:
    reply = client.sends(
        "get_attachments", conversationId=room, data={"attachment_ids": [attachment_id]}
    )
    [item] = reply["data"]["items"]
    url: str = item["url"]
    return url


def test_file_goes_from_one_member_to_another(alice: Person, bob: Person) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    room = hers.creates(bob)

    sent = shows(hers, room, uploads(hers, room))

    assert his.receives("chat_message")["data"]["attachments"] == sent["attachments"]
    answer = download(address(his, room, sent["attachments"][0]["attachment_id"]))
    assert (answer.status, answer.body) == (HTTPStatus.OK, PICTURE)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("inline;")


def test_nothing_is_left_of_a_deleted_messages_file(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    room = hers.creates(bob)
    sent = shows(hers, room, uploads(hers, room))
    url = address(hers, room, sent["attachments"][0]["attachment_id"])

    assert hers.sends("delete_message", messageId=sent["message_id"])["type"] == "message_changed"

    # S3 does not say to everybody whether an object exists.
    assert download(url).status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml"])
def test_document_is_saved_and_not_shown(alice: Person, bob: Person, media_type: str) -> None:
    hers = alice.logs_in()
    room = hers.creates(bob)
    [shown] = shows(hers, room, uploads(hers, room, media_type=media_type))["attachments"]

    answer = download(address(hers, room, shown["attachment_id"]))

    assert answer.headers["Content-Disposition"].startswith("attachment;")


def test_form_accepts_only_this_file_at_this_place(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    room = hers.creates(bob)
    form = requests(hers, room)
    key = form["fields"]["key"]

    for fields, content in (
        ({}, PICTURE + b"!"),
        ({}, PICTURE[:-1]),
        ({"key": f"{key}x"}, PICTURE),
        ({"key": key.replace("u/", "c/", 1)}, PICTURE),
        ({"Content-Type": "text/html"}, PICTURE),
        ({"x-amz-signature": "0" * 64}, PICTURE),
    ):
        answer = upload(form["url"], form["fields"] | fields, content)
        assert HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, fields

    reply = hers.is_rejected(
        "bad_request",
        "chat_message",
        conversationId=room,
        data={"attachments": [{"attachment_id": form["attachment_id"]}]},
    )
    assert reply["data"] == {"field": "data.attachments"}


def test_file_swapped_after_sending_stays_as_it_was(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    room = hers.creates(bob)
    form = requests(hers, room)
    upload(form["url"], form["fields"], PICTURE)
    shows(hers, room, form["attachment_id"])

    swapped = upload(form["url"], form["fields"], PICTURE[::-1])

    assert swapped.status == HTTPStatus.NO_CONTENT
    assert download(address(hers, room, form["attachment_id"])).body == PICTURE


def test_file_needs_a_signature(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    room = hers.creates(bob)
    [shown] = shows(hers, room, uploads(hers, room))["attachments"]
    url = urlsplit(address(hers, room, shown["attachment_id"]))

    for changed in (
        url._replace(query=""),
        url._replace(path=url.path.replace("/c/", "/u/", 1)),
        url._replace(query=url.query.replace("inline", "attachment")),
        url._replace(query=url.query.replace("X-Amz-Expires=900", "X-Amz-Expires=9000")),
    ):
        assert download(changed.geturl()).status in {HTTPStatus.FORBIDDEN, HTTPStatus.BAD_REQUEST}


def test_browser_of_an_allowed_page_may_read_the_answer(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    room = hers.creates(bob)
    [shown] = shows(hers, room, uploads(hers, room))["attachments"]

    answer = download(address(hers, room, shown["attachment_id"]), Origin="https://chat.example")

    assert answer.headers["Access-Control-Allow-Origin"]
