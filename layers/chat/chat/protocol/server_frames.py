"""The frames the service sends: direct replies and pushes.

A frame that carries `requestId` is a direct reply; the same frame without it is a push. The
docstring of a frame says what it means and, in a paragraph of its own, whom it is pushed to.
"""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from chat.protocol.errors import ErrorCode
from chat.protocol.ids import (
    AttachmentId,
    ClientMessageId,
    ConversationId,
    DeviceId,
    MessageId,
    UserId,
    Username,
)

type Kind = Literal["group", "direct"]
type Role = Literal["owner", "moderator", "member"]
type NotificationLevel = Literal["all", "mentions", "none"]
type Mention = UserId | Literal["*"]
"""A user, or everybody."""
type MessageChange = Literal["edited", "deleted", "reacted"]
type ConversationChange = Literal[
    "renamed", "pinned", "unpinned", "role", "muted", "unmuted", "slow_mode", "unbanned"
]


class ServerFrame(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    rename={"request_id": "requestId"},
    tag_field="type",
):
    request_id: str | None = None


class ConnectedData(Struct, frozen=True):
    heartbeat_seconds: int
    protocol: int


class Connected(ServerFrame, frozen=True, tag="connected"):
    """The connection is open and can be pushed to.

    Pushed to a new connection.
    """

    data: ConnectedData


class AuthRequiredData(Struct, frozen=True):
    deadline_seconds: int


class AuthRequired(ServerFrame, frozen=True, tag="auth_required"):
    """The client has to authenticate by a deadline.

    Pushed to a new connection that is not authenticated yet.
    """

    data: AuthRequiredData


class AuthSuccessData(Struct, frozen=True, omit_defaults=True):
    user_id: UserId
    username: Username
    token: str
    expires_at: str
    web_push_key: str | None = None
    """What a browser subscribes with (`applicationServerKey`), if the deployment has Web Push."""


class AuthSuccess(ServerFrame, frozen=True, tag="auth_success"):
    """Who the client is now, and the token to come back with."""

    data: AuthSuccessData


class AuthError(ServerFrame, frozen=True, tag="auth_error"):
    """Authenticating was refused."""

    code: ErrorCode
    message: str
    data: dict[str, str | int] | None = None


class SignedOutData(Struct, frozen=True):
    reason: str


class SignedOut(ServerFrame, frozen=True, tag="signed_out"):
    """The user's sessions were ended.

    Pushed to every connection of the user.
    """

    data: SignedOutData


class Person(Struct, frozen=True):
    user_id: UserId
    username: Username


class Reaction(Struct, frozen=True):
    """How many users gave a reaction, and the first of them."""

    reaction: str
    count: int
    users: list[Username]


class Reactions(Struct, frozen=True):
    """The reactions to a message, earliest first; `version` is the number of the last change."""

    version: int
    total: int
    items: list[Reaction]


class Attachment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file of a message. `size` is in bytes.

    Width, height and duration are what the sender said of it. `thumbnail_id` names another file,
    which shows the first one small.
    """

    attachment_id: AttachmentId
    name: str
    size: int
    media_type: str
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    thumbnail_id: AttachmentId | None = None


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stored message as it is now, as `chat_message` pushes it and `history` lists it.

    `version` is the number of the last change of its content, 0 while it is as it was sent.
    """

    message_id: MessageId
    conversation_id: ConversationId
    seq: int
    user_id: UserId
    username: Username
    content: str
    type: str
    created_at: str
    client_message_id: ClientMessageId | None = None
    version: int = 0
    edited_at: str | None = None
    deleted_at: str | None = None
    deleted_by: Person | None = None
    reply_to: MessageId | None = None
    mentions: list[Mention] = []
    attachments: list[Attachment] = []
    reactions: Reactions | None = None

    @property
    def newest_version(self) -> int:
        """The number of the last change of any part; 0 while it is as it was sent."""
        return max(self.version, self.reactions.version if self.reactions else 0)


class MessageEvent(ServerFrame, frozen=True, tag="chat_message"):
    """A message that is stored. To its sender it is the acknowledgement.

    Pushed to every other live connection of every member.
    """

    data: Message


class TypingEventData(Struct, frozen=True):
    conversation_id: ConversationId
    user_id: UserId
    username: Username
    is_typing: bool
    expires_in_seconds: int


class TypingEvent(ServerFrame, frozen=True, tag="typing"):
    """Somebody is typing, or no longer is.

    Pushed to every live connection of the other members.
    """

    data: TypingEventData


class ReadReceiptEventData(Struct, frozen=True, kw_only=True):
    conversation_id: ConversationId
    message_id: MessageId
    seq: int
    user_id: UserId
    username: Username
    read_at: str


class ReadReceiptEvent(ServerFrame, frozen=True, tag="read_receipt"):
    """Somebody has read everything up to a message.

    Pushed to every other live connection of every member.
    """

    data: ReadReceiptEventData


class MessageChangedData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a message with the whole of its new value: what a client shows from now on."""

    conversation_id: ConversationId
    seq: int
    message_id: MessageId
    change: MessageChange
    by: Person | None = None
    at: str
    content: str | None = None
    type: str | None = None
    mentions: list[Mention] | None = None
    version: int = 0
    edited_at: str | None = None
    deleted_at: str | None = None
    reaction: str | None = None
    is_on: bool | None = None
    reactions: Reactions | None = None


class MessageChanged(ServerFrame, frozen=True, tag="message_changed"):
    """A message as it is from now on. To the user who changed it, it is the acknowledgement.

    Pushed to every other live connection of every member.
    """

    data: MessageChangedData


class Member(Struct, frozen=True, kw_only=True):
    user_id: UserId
    username: Username
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


class MessagesData(Struct, frozen=True, omit_defaults=True):
    conversation_id: ConversationId
    messages: list[Message]
    left_out: list[MessageId] = []
    """Those that did not fit one frame."""


class Messages(ServerFrame, frozen=True, tag="messages"):
    """The messages that were asked for."""

    data: MessagesData


class UploadReadyData(Struct, frozen=True):
    attachment_id: AttachmentId
    url: str
    fields: dict[str, str]
    expires_at: str


class UploadReady(ServerFrame, frozen=True, tag="upload_ready"):
    """Where to upload the file: as a form, whose last field is the file, posted to `url`."""

    data: UploadReadyData


class AttachmentAddress(Struct, frozen=True):
    attachment_id: AttachmentId
    url: str
    expires_at: str


class AttachmentAddressesData(Struct, frozen=True, omit_defaults=True):
    conversation_id: ConversationId
    items: list[AttachmentAddress]
    has_more: bool = False


class AttachmentAddresses(ServerFrame, frozen=True, tag="attachments"):
    """Where to download the attachments that were asked for, and until when."""

    data: AttachmentAddressesData


class DeviceData(Struct, frozen=True):
    device_id: DeviceId


class DeviceRegistered(ServerFrame, frozen=True, tag="device_registered"):
    """Notifications are sent to the device from now on."""

    data: DeviceData


class DeviceUnregistered(ServerFrame, frozen=True, tag="device_unregistered"):
    """No more notifications are sent to the device."""

    data: DeviceData


class NotificationsSetData(Notifications, frozen=True, kw_only=True, omit_defaults=True):
    conversation_id: ConversationId


class NotificationsSet(ServerFrame, frozen=True, tag="notifications_set"):
    """Of which messages of a conversation the user is notified from now on.

    Pushed to every other connection of the user.
    """

    data: NotificationsSetData


class ReactionsOfUser(Struct, frozen=True):
    user_id: UserId
    username: Username
    reactions: list[str]


class ReactionsPageData(Struct, frozen=True, omit_defaults=True):
    message_id: MessageId
    items: list[ReactionsOfUser]
    cursor: str | None = None


class ReactionsPage(ServerFrame, frozen=True, tag="reactions"):
    """A page of who reacted to a message, and how."""

    data: ReactionsPageData


class UserPresence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether a user is online. A client keeps the one of the highest `version`.

    `last_seen_at` is there if the user is offline, and somebody watched the user before.
    """

    user_id: UserId
    is_online: bool
    version: int
    last_seen_at: str | None = None


class PresenceData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    conversation_id: ConversationId
    users: list[UserPresence] | UnsetType = UNSET
    online_count: int | UnsetType = UNSET


class Presence(ServerFrame, frozen=True, tag="presence"):
    """Which of the watched members are online, or in a big room how many members are.

    Pushed to every live connection that watches one of them, and only about that one.
    """

    data: PresenceData


class HeartbeatAckData(Struct, frozen=True):
    server_time: str
    behind: dict[ConversationId, int]
    inbox: int | UnsetType = UNSET


class HeartbeatAck(ServerFrame, frozen=True, tag="heartbeat_ack"):
    """What time it is, and which conversations have moved on."""

    data: HeartbeatAckData


class Ack(ServerFrame, frozen=True, tag="ack"):
    """The frame was carried out. Sent only where there was a `requestId`."""


class Error(ServerFrame, frozen=True, tag="error"):
    """A frame was refused, or failed.

    Pushed to a connection that missed its deadline.
    """

    code: ErrorCode
    message: str
    data: dict[str, str | int] | None = None
