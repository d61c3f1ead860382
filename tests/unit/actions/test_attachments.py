"""A message with attachments: which uploads it may take, once, and as they were then."""

from typing import Any

import pytest

from chat.protocol.ids import ConversationId
from testing.fake_files import failing
from testing.injection import inject_before
from testing.invariants import check_invariants, rows
from testing.people import Client, Person
from testing.simulation import Simulation
from tests.unit.actions.history_pages import page

type Room = tuple[Client, Client, str]

HOURS = 3600


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    his.discards_received()
    return hers, his, conversation


def is_rejected(client: Client, room: str, code: str, *attachments: Any, **data: Any) -> None:  # noqa: ANN401 -- a frame's fields
    """Check that a message with attachments is rejected and not stored."""
    named = [{"attachment_id": each} if isinstance(each, str) else each for each in attachments]
    frame = {"conversationId": room, "data": {"attachments": named} | data}
    before = rows("MessagesTable")
    reply = client.is_rejected(code, "chat_message", **frame)
    assert code != "bad_request" or reply["data"]["field"].startswith("data.attachments"), reply
    assert [each for each in rows("MessagesTable") if "unused" not in each] == before


def test_message_shows_its_attachment_to_everybody(room: Room) -> None:
    hers, his, conversation = room
    picture, small = hers.uploads(conversation), hers.uploads(conversation, b"small")
    named = {"attachment_id": picture, "width": 640, "height": 480, "thumbnail_id": small}

    reply = hers.sends(
        "chat_message",
        conversationId=conversation,
        data={"content": "A cat", "attachments": [named]},
    )

    shown = named | {"name": "cat.png", "size": 9, "media_type": "image/png"}
    message = reply["data"]
    assert message["attachments"] == [shown]
    assert his.receives("chat_message") == message
    [found] = page(his, ConversationId(conversation))["messages"]
    assert found == message
    [listed] = his.sends("list_conversations")["data"]["items"]
    assert listed["last_message"]["attachments"] == [shown]


def test_message_may_consist_of_attachments_alone(room: Room) -> None:
    hers, his, conversation = room

    sent = hers.shows(hers.uploads(conversation), to=conversation)

    assert sent["content"] == ""
    assert his.receives("chat_message") == sent


@pytest.mark.parametrize("data", [{}, {"content": ""}, {"attachments": []}])
def test_message_with_neither_content_nor_attachments_is_rejected(
    room: Room, data: dict[str, Any]
) -> None:
    hers, _, conversation = room

    reply = hers.is_rejected("bad_request", "chat_message", conversationId=conversation, data=data)

    assert reply["data"] == {"field": "data.content"}


def test_audio_has_a_duration(room: Room) -> None:
    hers, _, conversation = room
    sound = hers.uploads(conversation, name="a.ogg", media_type="audio/ogg")
    named = {"attachment_id": sound, "duration_seconds": 3.25}

    reply = hers.sends("chat_message", conversationId=conversation, data={"attachments": [named]})

    assert reply["data"]["attachments"][0]["duration_seconds"] == 3.25


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 0},
        {"height": 1_000_001},
        {"width": 1.5},
        {"duration_seconds": -1},
        {"thumbnail_id": "../x"},
        {"attachment_id": "a/b"},
        {"attachment_id": ""},
        {"thumbnail_id": None},
    ],
    ids=str,
)
def test_field_of_an_attachment_out_of_range_is_rejected(room: Room, wrong: dict[str, Any]) -> None:
    hers, _, conversation = room

    is_rejected(
        hers, conversation, "bad_request", {"attachment_id": hers.uploads(conversation)} | wrong
    )


def test_eleven_attachments_are_too_many(room: Room) -> None:
    hers, _, conversation = room
    pictures = [hers.uploads(conversation) for _ in range(11)]

    is_rejected(hers, conversation, "bad_request", *pictures)
    hers.shows(*pictures[:10], to=conversation)


def test_guessed_id_is_rejected(room: Room) -> None:
    hers, _, conversation = room

    is_rejected(hers, conversation, "bad_request", "8a1f3c5b")


def test_upload_of_another_member_is_rejected(room: Room) -> None:
    hers, his, conversation = room
    theirs = his.uploads(conversation)

    is_rejected(hers, conversation, "bad_request", theirs)
    is_rejected(
        hers,
        conversation,
        "bad_request",
        {"attachment_id": hers.uploads(conversation), "thumbnail_id": theirs},
    )


def test_upload_to_another_conversation_is_rejected(room: Room, carol: Person) -> None:
    hers, _, conversation = room
    elsewhere = hers.creates(carol)

    is_rejected(hers, conversation, "bad_request", hers.uploads(elsewhere))


def test_upload_that_never_arrived_is_rejected(room: Room) -> None:
    hers, _, conversation = room
    form = hers.requests_upload(conversation)

    is_rejected(hers, conversation, "bad_request", form["attachment_id"])


def test_upload_of_another_size_than_announced_is_rejected(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
    picture = hers.uploads(conversation)
    simulation.files.replace(f"u/{conversation}/{picture}", b"more than was announced")

    is_rejected(hers, conversation, "bad_request", picture)


def test_upload_can_be_sent_for_23_hours(simulation: Simulation, room: Room, alice: Person) -> None:
    hers, _, conversation = room
    first, second = hers.uploads(conversation), hers.uploads(conversation)
    simulation.advance_time(seconds=23 * HOURS - 1)
    her_laptop = alice.logs_in()
    her_laptop.shows(first, to=conversation)
    simulation.advance_time(seconds=1)

    is_rejected(her_laptop, conversation, "bad_request", second)


def test_attachment_named_twice_is_rejected(room: Room) -> None:
    hers, _, conversation = room
    picture = hers.uploads(conversation)

    is_rejected(hers, conversation, "bad_request", picture, picture)
    is_rejected(
        hers, conversation, "bad_request", {"attachment_id": picture, "thumbnail_id": picture}
    )


@pytest.mark.parametrize("key", [{}, {"clientMessageId": "2"}], ids=["without an id", "with an id"])
def test_attachment_belongs_to_one_message(
    simulation: Simulation, room: Room, key: dict[str, str]
) -> None:
    hers, _, conversation = room
    picture = hers.uploads(conversation)
    hers.shows(picture, to=conversation)
    frame = {"conversationId": conversation, "data": {"attachments": [{"attachment_id": picture}]}}

    hers.is_rejected("conflict", "chat_message", **frame, **key)

    check_invariants(simulation)
    assert len([each for each in rows("MessagesTable") if "unused" not in each]) == 1


def test_thumbnail_belongs_to_one_message_too(room: Room) -> None:
    hers, _, conversation = room
    picture, small = hers.uploads(conversation), hers.uploads(conversation)
    named = {"attachment_id": picture, "thumbnail_id": small}
    hers.sends("chat_message", conversationId=conversation, data={"attachments": [named]})

    is_rejected(hers, conversation, "conflict", small)


def test_message_sent_again_keeps_its_attachment(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room
    picture = hers.uploads(conversation)
    first = hers.shows(picture, to=conversation, clientMessageId="1")
    simulation.files.expire_uploads()

    again = hers.shows(picture, to=conversation, clientMessageId="1")

    assert again == first
    assert his.receives("chat_message") == his.receives("chat_message") == first


def test_message_sent_twice_at_once_is_one(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    picture = hers.uploads(conversation)
    first = []

    def sent_meanwhile() -> None:
        first.append(hers.shows(picture, to=conversation, clientMessageId="1"))

    for step in ("CopyObject", "TransactWriteItems"):
        first.clear()
        with inject_before(simulation, step, sent_meanwhile):
            second = hers.shows(picture, to=conversation, clientMessageId="1")
        assert [second] == (first or [second])

    check_invariants(simulation)


def test_upload_swapped_after_sending_changes_no_message(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
    form = hers.requests_upload(conversation, b"a picture")
    hers.posts(form, b"a picture")
    hers.shows(form["attachment_id"], to=conversation)

    hers.posts(form, b"swapped!!")

    assert simulation.files.taken() == [b"a picture"]


def test_upload_swapped_while_two_messages_take_it_changes_neither(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
    form = hers.requests_upload(conversation, b"a picture")
    hers.posts(form, b"a picture")

    def take_and_swap() -> None:
        hers.shows(form["attachment_id"], to=conversation)
        hers.posts(form, b"swapped!!")

    with inject_before(simulation, "CopyObject", take_and_swap):
        is_conflict = hers.sends(
            "chat_message",
            conversationId=conversation,
            data={"attachments": [{"attachment_id": form["attachment_id"]}]},
        )

    assert is_conflict["code"] == "conflict"
    assert simulation.files.taken() == [b"a picture"]


def test_upload_removed_just_before_it_is_taken_is_rejected(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
    picture = hers.uploads(conversation)

    with inject_before(simulation, "CopyObject", simulation.files.expire_uploads):
        is_rejected(hers, conversation, "bad_request", picture)


@pytest.mark.parametrize("request_", ["HeadObject", "CopyObject"])
def test_message_is_stored_whole_once_s3_answers_again(
    simulation: Simulation, room: Room, request_: str
) -> None:
    hers, his, conversation = room
    picture = hers.uploads(conversation)
    simulation.files.fault = failing(request_, ConnectionError("no answer"))
    frame = {"conversationId": conversation, "data": {"attachments": [{"attachment_id": picture}]}}
    hers.is_rejected("internal", "chat_message", **frame, clientMessageId="1")
    his.receives_nothing()
    assert rows("MessagesTable") == []
    simulation.files.fault = lambda _: None

    sent = hers.shows(picture, to=conversation, clientMessageId="1")

    assert his.receives("chat_message") == sent
    check_invariants(simulation)


def test_message_that_is_too_long_beside_its_attachments_takes_none(
    simulation: Simulation, room: Room
) -> None:
    hers, _, conversation = room
    picture = hers.uploads(conversation, name=f"{'a' * 250}.png")

    is_rejected(hers, conversation, "too_large", picture, content="\x01" * 5_200)

    assert simulation.files.taken() == []


def test_edit_leaves_attachments_and_may_empty_the_content(room: Room) -> None:
    hers, his, conversation = room
    picture = hers.uploads(conversation)
    data = {"content": "A dog", "attachments": [{"attachment_id": picture}]}
    sent = hers.sends("chat_message", conversationId=conversation, data=data)["data"]

    for content in ("A cat", ""):
        edit = {"messageId": sent["message_id"], "data": {"content": content}}
        assert hers.sends("edit_message", **edit)["data"]["content"] == content
        [found] = page(his, ConversationId(conversation))["messages"]
        assert (found["content"], found["attachments"]) == (content, sent["attachments"])


def test_edit_that_leaves_nothing_is_rejected(room: Room) -> None:
    hers, _, conversation = room
    sent = hers.says("Hello", to=conversation)

    reply = hers.is_rejected(
        "bad_request", "edit_message", messageId=sent["message_id"], data={"content": ""}
    )

    assert reply["data"] == {"field": "data.content"}


def test_edit_that_might_not_fit_beside_attachments_is_rejected(room: Room) -> None:
    hers, his, conversation = room
    sent = hers.shows(hers.uploads(conversation), to=conversation)
    edit = {"messageId": sent["message_id"], "data": {"content": "\x01" * 5_100}}

    reply = hers.is_rejected("too_large", "edit_message", **edit)

    assert reply["data"] == {"limit_bytes": 31_744}
    his.is_rejected("forbidden", "edit_message", **edit)


def test_message_without_attachments_asks_nothing_of_s3(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    simulation.has_files = None

    hers.says("Hello", to=conversation)


def test_deployment_without_files_accepts_no_attachment(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    picture = hers.uploads(conversation)
    simulation.has_files = False

    is_rejected(hers, conversation, "bad_request", picture)
