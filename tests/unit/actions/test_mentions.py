"""Replies, and messages that mention members."""

from typing import Any

import pytest

from chat.protocol.ids import ConversationId
from testing.people import Client, Person
from testing.round_trips import counting_round_trips
from testing.sockets import Frame
from tests.unit.actions.history_pages import page

type Room = tuple[Client, Client, ConversationId]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give a group of alice's with bob, in which alice has sent message 1."""
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = ConversationId(hers.creates(bob))
    hers.says("Hello", to=conversation)
    his.discards_received()
    return hers, his, conversation


def says(client: Client, conversation: str, **data: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
    reply = client.sends(
        "chat_message", conversationId=conversation, data={"content": "Look", **data}
    )
    assert reply["type"] == "chat_message", reply
    stored: Frame = reply["data"]
    return stored


def counts(client: Client) -> tuple[int, int]:
    [item] = client.sends("list_conversations")["data"]["items"]
    return item["unread_count"], item["mention_count"]


def test_reply_and_mentions_are_pushed_and_stored(room: Room) -> None:
    hers, his, conversation = room

    said = says(hers, conversation, reply_to=f"{conversation}:1", mentions=["user-bob"])

    assert (said["reply_to"], said["mentions"]) == (f"{conversation}:1", ["user-bob"])
    assert his.receives("chat_message") == said
    assert page(his, conversation)["messages"][-1] == said


def test_message_without_either_has_neither_field(room: Room) -> None:
    hers, _, conversation = room

    assert not {"reply_to", "mentions"} & says(hers, conversation).keys()


@pytest.mark.parametrize("wrong", ["elsewhere:1", "{0}", "{0}:", "{0}:0", "{0}:x", "1"])
def test_reply_is_to_a_message_of_the_same_conversation(room: Room, wrong: str) -> None:
    hers, his, conversation = room
    data = {"content": "Look", "reply_to": wrong.format(conversation)}

    refusal = hers.is_rejected(
        "bad_request", "chat_message", conversationId=conversation, data=data
    )

    assert refusal["data"] == {"field": "data.reply_to"}
    his.receives_nothing()


def test_mentions_of_users_who_are_not_members_are_dropped(room: Room, carol: Person) -> None:
    hers, _, conversation = room
    named = [carol.user.user_id, "user-bob", "nobody", "user-bob", "user-alice"]

    assert says(hers, conversation, mentions=named)["mentions"] == ["user-bob", "user-alice"]


def test_message_mentions_twenty_users_at_most(room: Room) -> None:
    hers, _, conversation = room
    data = {"content": "Look", "mentions": [f"user-{n}" for n in range(21)]}

    hers.is_rejected("bad_request", "chat_message", conversationId=conversation, data=data)


def test_only_an_owner_or_a_moderator_mentions_everybody(room: Room) -> None:
    hers, his, conversation = room
    data = {"content": "Look", "mentions": ["*", "user-alice"]}

    his.is_rejected("forbidden", "chat_message", conversationId=conversation, data=data)

    hers.receives_nothing()
    assert says(hers, conversation, mentions=["user-bob", "*"])["mentions"] == ["user-bob", "*"]


def test_unread_messages_that_mention_the_user_are_counted(room: Room) -> None:
    hers, his, conversation = room
    says(hers, conversation, mentions=["user-bob"])
    says(hers, conversation, mentions=["user-alice"])
    says(hers, conversation, mentions=["*", "user-bob"])

    assert counts(his) == (4, 2)
    assert counts(hers) == (0, 0)


def test_mention_in_a_deleted_or_a_read_message_is_not_counted(room: Room) -> None:
    hers, his, conversation = room
    for _ in range(3):
        says(hers, conversation, mentions=["user-bob"])
    hers.sends("delete_message", messageId=f"{conversation}:4")
    his.sends_without_reply("read_receipt", messageId=f"{conversation}:2")

    assert counts(his) == (1, 1)


def test_edit_replaces_the_mentions(room: Room) -> None:
    hers, his, conversation = room
    says(hers, conversation, mentions=["user-bob"], reply_to=f"{conversation}:1")
    his.discards_received()
    edit = {"content": "Never mind", "mentions": ["user-alice", "nobody"]}

    hers.sends("edit_message", messageId=f"{conversation}:2", data=edit)

    assert his.receives("message_changed")["mentions"] == ["user-alice"]
    assert counts(his) == (2, 0)
    [_, edited] = page(his, conversation)["messages"]
    assert (edited["mentions"], edited["reply_to"]) == (["user-alice"], f"{conversation}:1")

    hers.sends("edit_message", messageId=f"{conversation}:2", data={"content": "Nobody"})

    assert his.receives("message_changed")["mentions"] == []
    assert "mentions" not in page(his, conversation)["messages"][1]


def test_deleted_message_keeps_neither_reply_nor_mentions(room: Room) -> None:
    hers, his, conversation = room
    says(hers, conversation, mentions=["user-bob"], reply_to=f"{conversation}:1")

    hers.sends("delete_message", messageId=f"{conversation}:2")

    assert not {"reply_to", "mentions"} & page(his, conversation)["messages"][1].keys()


def test_mentions_cost_one_round_trip_more(room: Room) -> None:
    hers, _, conversation = room
    trips = []
    for mentions in ([], ["user-bob"], ["*", *(f"user-{n}" for n in range(19))]):
        with counting_round_trips(hers.simulation) as counted:
            says(hers, conversation, mentions=mentions)
        trips.append(counted.before_first_push)

    assert trips == [trips[0], trips[0] + 1, trips[0] + 1]
