"""The frames the service sends about conversations and who is in them."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from chat.protocol.ids import ConversationId, MessageId, UserId, Username
from chat.protocol.server_frames import Person, ServerFrame
from chat.protocol.server_messages import Message, MessageChanged

type Kind = Literal["group", "direct"]
type Role = Literal["owner", "moderator", "member"]
type NotificationLevel = Literal["all", "mentions", "none"]
type ConversationChange = Literal[
    "renamed", "pinned", "unpinned", "role", "muted", "unmuted", "slow_mode", "unbanned"
]


class Member(Struct, frozen=True, kw_only=True):
    user_id: UserId
    username: Username
    display_name: str | UnsetType = UNSET
    picture_id: str | UnsetType = UNSET
    role: Role
    last_read_seq: int
    online: bool | UnsetType = UNSET
    muted_until: str | UnsetType = UNSET


class Notifications(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of which messages a member is notified, and of none until when."""

    level: NotificationLevel
    muted_until: str | None = None


class Conversation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A conversation as one of its members sees it.

    Without `notifications` the member is notified of all messages.
    """

    conversation_id: ConversationId
    kind: Kind
    title: str | None = None
    role: Role
    last_seq: int
    last_message: Message | None = None
    last_activity_at: str
    last_read_seq: int
    unread_count: int
    mention_count: int
    created_at: str
    muted_until: str | None = None
    slow_seconds: int = 0
    notifications: Notifications | None = None


class ConversationCreated(ServerFrame, frozen=True, tag="conversation_created"):
    """A conversation that the user is in from now on.

    Pushed to every other live connection of those who are in it now.
    """

    data: Conversation


class MembersAddedData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    conversation_id: ConversationId
    seq: int = 0
    members: list[Member]
    by: Person


class MembersAdded(ServerFrame, frozen=True, tag="members_added"):
    """People who are in the conversation from now on.

    Pushed to every other live connection of every member.
    """

    data: MembersAddedData


class MemberRemovedData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    conversation_id: ConversationId
    seq: int = 0
    user_id: UserId
    username: Username
    by: Person
    new_owner_id: UserId | None = None
    is_banned: bool = False


class MemberRemoved(ServerFrame, frozen=True, tag="member_removed"):
    """Somebody who was put out of the conversation or banned from it, or left it.

    If the only owner left, `new_owner_id` is the member who is owner from then on.

    Pushed to every other live connection of every member, and of the one who is out.
    """

    data: MemberRemovedData


class ConversationChangedData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change of a conversation, with what it is from then on."""

    conversation_id: ConversationId
    seq: int = 0
    change: ConversationChange
    by: Person
    at: str
    title: str | None = None
    message_id: MessageId | None = None
    user_id: UserId | None = None
    username: Username | None = None
    role: Role | None = None
    muted_until: str | None = None
    slow_seconds: int | None = None


class ConversationChanged(ServerFrame, frozen=True, tag="conversation_changed"):
    """A conversation has another title, pin or slow mode, or a user another role, mute or ban.

    Pushed to every other live connection of every member.
    """

    data: ConversationChangedData


type Changed = MessageChanged | MembersAdded | MemberRemoved | ConversationChanged
"""What a page of history has besides messages."""


class HistoryPageData(Struct, frozen=True):
    conversation_id: ConversationId
    messages: list[Message]
    changes: list[Changed]
    up_to: int
    has_more: bool


class HistoryPage(ServerFrame, frozen=True, tag="history"):
    """Messages and changes, ascending by `seq`, and up to which number they go."""

    data: HistoryPageData


class ConversationsData(Struct, frozen=True, omit_defaults=True):
    items: list[Conversation]
    cursor: str | None = None


class Conversations(ServerFrame, frozen=True, tag="conversations"):
    """A page of the user's conversations, latest activity first."""

    data: ConversationsData


class MembersData(Struct, frozen=True, omit_defaults=True):
    conversation_id: ConversationId
    items: list[Member]
    cursor: str | None = None


class Members(ServerFrame, frozen=True, tag="members"):
    """A page of a conversation's members."""

    data: MembersData


class Ban(Struct, frozen=True):
    """A user who cannot be added to a conversation, and who banned that user."""

    user_id: UserId
    username: Username
    banned_at: str
    by: Person


class BansData(Struct, frozen=True, omit_defaults=True):
    conversation_id: ConversationId
    items: list[Ban]
    cursor: str | None = None


class Bans(ServerFrame, frozen=True, tag="bans"):
    """A page of who is banned from a conversation."""

    data: BansData
