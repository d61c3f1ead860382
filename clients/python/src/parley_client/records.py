"""What the service tells, as values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True)
class User:
    user_id: str
    username: str


@dataclass(frozen=True)
class Identity:
    """Who is signed in, and the token to come back with."""

    user: User
    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Reaction:
    """How many users gave a reaction, and the first three of them."""

    reaction: str
    count: int
    users: tuple[str, ...]


@dataclass(frozen=True)
class Reactions:
    version: int
    total: int
    items: tuple[Reaction, ...]


@dataclass(frozen=True, kw_only=True)
class Attachment:
    attachment_id: str
    name: str
    size: int
    media_type: str
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    thumbnail_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Message:
    """A stored message. `version` is 0 until its content is edited or deleted."""

    message_id: str
    conversation_id: str
    seq: int
    user_id: str
    username: str
    content: str
    type: str
    created_at: datetime
    client_message_id: str | None = None
    version: int = 0
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    deleted_by: User | None = None
    reply_to: str | None = None
    mentions: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    reactions: Reactions | None = None


@dataclass(frozen=True, kw_only=True)
class MessageChanged:
    """One part of a message with the whole of its new value: `edited`, `deleted` or `reacted`.

    `seq` is None in the reply to a change that changed nothing. `by` is None if that user was
    erased.
    """

    conversation_id: str
    seq: int | None
    message_id: str
    change: str
    by: User | None = None
    at: datetime | None = None
    content: str | None = None
    type: str | None = None
    mentions: tuple[str, ...] = ()
    version: int = 0
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    reaction: str | None = None
    is_on: bool | None = None
    reactions: Reactions | None = None


@dataclass(frozen=True, kw_only=True)
class Member:
    user_id: str
    username: str
    role: str
    last_read_seq: int
    online: bool | None = None
    muted_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MembersAdded:
    conversation_id: str
    seq: int | None
    members: tuple[Member, ...]
    by: User | None


@dataclass(frozen=True, kw_only=True)
class MemberRemoved:
    conversation_id: str
    seq: int | None
    user_id: str
    username: str
    by: User | None
    new_owner_id: str | None = None
    is_banned: bool = False


@dataclass(frozen=True, kw_only=True)
class ConversationChanged:
    """A new title, pin, role, mute or slow mode: `change` says which."""

    conversation_id: str
    seq: int | None
    change: str
    by: User | None = None
    at: datetime | None = None
    title: str | None = None
    message_id: str | None = None
    user_id: str | None = None
    username: str | None = None
    role: str | None = None
    muted_until: datetime | None = None
    slow_seconds: int | None = None


Change: TypeAlias = MessageChanged | MembersAdded | MemberRemoved | ConversationChanged
Event: TypeAlias = Message | Change
"""What takes a number in a conversation."""


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """A conversation as one of its members sees it."""

    conversation_id: str
    kind: str
    title: str | None
    role: str
    last_seq: int
    last_message: Message | None
    last_activity_at: datetime
    last_read_seq: int
    unread_count: int
    mention_count: int
    created_at: datetime
    muted_until: datetime | None = None
    slow_seconds: int = 0


@dataclass(frozen=True)
class Page:
    """Messages and changes of a conversation, ascending. It is complete up to `up_to`.

    Only a page that was asked for with `after` has changes.
    """

    messages: tuple[Message, ...]
    changes: tuple[Change, ...]
    up_to: int
    has_more: bool
