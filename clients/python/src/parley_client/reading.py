"""Records, read from the data of frames.

What cannot be read raises `KeyError`, `TypeError` or `ValueError`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from parley_client.errors import Frame
from parley_client.records import (
    Attachment,
    Conversation,
    ConversationChanged,
    Event,
    Identity,
    Member,
    MemberRemoved,
    MembersAdded,
    Message,
    MessageChanged,
    Page,
    Reaction,
    Reactions,
    User,
)

Data: TypeAlias = Mapping[str, Any]


def event_of(frame: Frame) -> Event | None:
    """Return what the frame tells about a number of a conversation, or None if it tells nothing."""
    make = _EVENTS.get(str(frame.get("type")))
    data = frame.get("data")
    if make is None or not isinstance(data, dict):
        return None
    try:
        return make(data)
    except (KeyError, TypeError, ValueError):
        return None


def page_of(data: Data) -> Page:
    changes = (event_of(each) for each in data.get("changes", ()))
    return Page(
        messages=tuple(message_of(each) for each in data["messages"]),
        changes=tuple(each for each in changes if each and not isinstance(each, Message)),
        up_to=int(data["up_to"]),
        has_more=bool(data["has_more"]),
    )


def identity_of(data: Data) -> Identity:
    return Identity(user_of(data), str(data["token"]), _time(data["expires_at"]))


def user_of(data: Data) -> User:
    return User(str(data["user_id"]), str(data["username"]))


def message_of(data: Data) -> Message:
    return Message(
        message_id=str(data["message_id"]),
        conversation_id=str(data["conversation_id"]),
        seq=int(data["seq"]),
        user_id=str(data["user_id"]),
        username=str(data["username"]),
        content=str(data["content"]),
        type=str(data["type"]),
        created_at=_time(data["created_at"]),
        client_message_id=data.get("client_message_id"),
        version=int(data.get("version", 0)),
        edited_at=_optional_time(data.get("edited_at")),
        deleted_at=_optional_time(data.get("deleted_at")),
        deleted_by=_optional_user(data.get("deleted_by")),
        reply_to=data.get("reply_to"),
        mentions=tuple(data.get("mentions", ())),
        attachments=tuple(_attachment_of(each) for each in data.get("attachments", ())),
        reactions=_reactions_of(data.get("reactions")),
    )


def message_changed_of(data: Data) -> MessageChanged:
    return MessageChanged(
        **_place(data),
        message_id=str(data["message_id"]),
        change=str(data["change"]),
        by=_optional_user(data.get("by")),
        at=_optional_time(data.get("at")),
        content=data.get("content"),
        type=data.get("type"),
        mentions=tuple(data.get("mentions", ())),
        version=int(data.get("version", 0)),
        edited_at=_optional_time(data.get("edited_at")),
        deleted_at=_optional_time(data.get("deleted_at")),
        reaction=data.get("reaction"),
        is_on=data.get("is_on"),
        reactions=_reactions_of(data.get("reactions")),
    )


def members_added_of(data: Data) -> MembersAdded:
    members = tuple(member_of(each) for each in data["members"])
    return MembersAdded(**_place(data), members=members, by=_optional_user(data.get("by")))


def member_removed_of(data: Data) -> MemberRemoved:
    return MemberRemoved(
        **_place(data),
        user_id=str(data["user_id"]),
        username=str(data["username"]),
        by=_optional_user(data.get("by")),
        new_owner_id=data.get("new_owner_id"),
        is_banned=bool(data.get("is_banned", False)),
    )


def conversation_changed_of(data: Data) -> ConversationChanged:
    return ConversationChanged(
        **_place(data),
        change=str(data["change"]),
        by=_optional_user(data.get("by")),
        at=_optional_time(data.get("at")),
        title=data.get("title"),
        message_id=data.get("message_id"),
        user_id=data.get("user_id"),
        username=data.get("username"),
        role=data.get("role"),
        muted_until=_optional_time(data.get("muted_until")),
        slow_seconds=data.get("slow_seconds"),
    )


def conversation_of(data: Data) -> Conversation:
    last = data.get("last_message")
    return Conversation(
        conversation_id=str(data["conversation_id"]),
        kind=str(data["kind"]),
        title=data.get("title"),
        role=str(data["role"]),
        last_seq=int(data["last_seq"]),
        last_message=None if last is None else message_of(last),
        last_activity_at=_time(data["last_activity_at"]),
        last_read_seq=int(data["last_read_seq"]),
        unread_count=int(data["unread_count"]),
        mention_count=int(data["mention_count"]),
        created_at=_time(data["created_at"]),
        muted_until=_optional_time(data.get("muted_until")),
        slow_seconds=int(data.get("slow_seconds", 0)),
    )


def member_of(data: Data) -> Member:
    return Member(
        user_id=str(data["user_id"]),
        username=str(data["username"]),
        role=str(data["role"]),
        last_read_seq=int(data["last_read_seq"]),
        online=data.get("online"),
        muted_until=_optional_time(data.get("muted_until")),
    )


_EVENTS: dict[str, Callable[[Data], Event]] = {
    "chat_message": message_of,
    "message_changed": message_changed_of,
    "members_added": members_added_of,
    "member_removed": member_removed_of,
    "conversation_changed": conversation_changed_of,
}


def _place(data: Data) -> dict[str, Any]:
    seq = data.get("seq")
    return {
        "conversation_id": str(data["conversation_id"]),
        "seq": int(seq) if seq else None,
    }


def _attachment_of(data: Data) -> Attachment:
    return Attachment(
        attachment_id=str(data["attachment_id"]),
        name=str(data["name"]),
        size=int(data["size"]),
        media_type=str(data["media_type"]),
        width=data.get("width"),
        height=data.get("height"),
        duration_seconds=data.get("duration_seconds"),
        thumbnail_id=data.get("thumbnail_id"),
    )


def _reactions_of(data: Data | None) -> Reactions | None:
    if data is None:
        return None
    items = (
        Reaction(str(each["reaction"]), int(each["count"]), tuple(each["users"]))
        for each in data["items"]
    )
    return Reactions(int(data["version"]), int(data["total"]), tuple(items))


def _optional_user(data: Data | None) -> User | None:
    return None if data is None else user_of(data)


def _time(text: str) -> datetime:
    # Python 3.10 reads no Z.
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _optional_time(text: str | None) -> datetime | None:
    return None if text is None else _time(text)
