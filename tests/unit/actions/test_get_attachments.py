"""Addresses of files: for members, of files that messages have, and no others."""

import pytest

from chat.protocol.file_frames import MAX_ATTACHMENT_IDS
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame

type Room = tuple[Client, Client, str]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    hers, his = alice.logs_in(), bob.logs_in()
    return hers, his, hers.creates(bob)


def addresses(client: Client, room: str, *attachment_ids: str) -> Frame:
    reply = client.sends(
        "get_attachments", conversationId=room, data={"attachment_ids": attachment_ids}
    )
    assert reply["type"] == "attachments", reply
    data: Frame = reply["data"]
    return data


def named(client: Client, room: str, *attachment_ids: str) -> list[str]:
    return [each["attachment_id"] for each in addresses(client, room, *attachment_ids)["items"]]


def test_member_gets_an_address_for_fifteen_minutes(room: Room) -> None:
    hers, his, conversation = room
    picture = hers.uploads(conversation)
    hers.shows(picture, to=conversation)

    found = addresses(his, conversation, picture)

    assert found == {
        "conversation_id": conversation,
        "items": [
            {
                "attachment_id": picture,
                "url": f"https://files.test/c/{conversation}/{picture}",
                "expires_at": "2026-11-22T18:34:14.123Z",
            }
        ],
    }


def test_addresses_come_in_the_order_of_the_frame_and_each_once(room: Room) -> None:
    hers, his, conversation = room
    one, two = hers.uploads(conversation), hers.uploads(conversation)
    hers.shows(one, two, to=conversation)

    assert named(his, conversation, two, one, two) == [two, one]


def test_thumbnail_has_an_address(room: Room) -> None:
    hers, his, conversation = room
    picture, small = hers.uploads(conversation), hers.uploads(conversation)
    attachments = [{"attachment_id": picture, "thumbnail_id": small}]
    hers.sends("chat_message", conversationId=conversation, data={"attachments": attachments})

    assert named(his, conversation, small) == [small]


def test_upload_that_no_message_has_gets_no_address(room: Room) -> None:
    hers, his, conversation = room
    picture = hers.uploads(conversation)

    assert named(hers, conversation, picture) == []
    assert named(his, conversation, picture, "8a1f3c5b") == []


def test_file_of_another_conversation_gets_no_address(room: Room, carol: Person) -> None:
    hers, his, conversation = room
    elsewhere = hers.creates(carol)
    picture = hers.uploads(elsewhere)
    hers.shows(picture, to=elsewhere)

    assert named(his, conversation, picture) == []
    his.is_rejected(
        "not_a_member",
        "get_attachments",
        conversationId=elsewhere,
        data={"attachment_ids": [picture]},
    )


def test_file_of_a_deleted_message_gets_no_address(room: Room) -> None:
    hers, his, conversation = room
    picture = hers.uploads(conversation)
    sent = hers.shows(picture, to=conversation)

    hers.sends("delete_message", messageId=sent["message_id"])

    assert named(his, conversation, picture) == []


def test_member_who_is_removed_meanwhile_gets_no_address(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    picture = hers.uploads(conversation)
    hers.shows(picture, to=conversation)

    def remove() -> None:
        hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})

    with inject_before(simulation, "GetItem", remove):
        his.is_rejected(
            "not_a_member",
            "get_attachments",
            conversationId=conversation,
            data={"attachment_ids": [picture]},
        )

    assert simulation.files.signed == []


def test_addresses_that_do_not_fit_a_frame_are_asked_for_again(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    pictures = [hers.uploads(conversation) for _ in range(20)]
    for first in (0, 10):
        hers.shows(*pictures[first : first + 10], to=conversation)
    simulation.files.address = "https://files.test/?X-Amz-Security-Token=" + "x" * 1_800

    found, left = [], pictures
    while left:
        answer = addresses(his, conversation, *left)
        found += [each["attachment_id"] for each in answer["items"]]
        left = [each for each in pictures if each not in found]
        assert answer.get("has_more", False) == bool(left)

    assert found == pictures


@pytest.mark.parametrize("number", [0, MAX_ATTACHMENT_IDS + 1])
def test_number_of_ids_is_limited(room: Room, number: int) -> None:
    hers, _, conversation = room

    hers.is_rejected(
        "bad_request",
        "get_attachments",
        conversationId=conversation,
        data={"attachment_ids": ["a"] * number},
    )
