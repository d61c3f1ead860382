"""The frames the service sends: direct replies and pushes.

A frame that carries `requestId` is a direct reply; the same frame without it is a push. The
docstring of a frame says what it means and, in a paragraph of its own, whom it is pushed to.
"""

from typing import Literal

from msgspec import Struct

from chat.protocol.errors import ErrorCode
from chat.protocol.ids import ClientMessageId, ConversationId, MessageId, UserId, Username

type Kind = Literal["group", "direct"]
type Role = Literal["owner", "member"]


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


class AuthSuccessData(Struct, frozen=True):
    user_id: UserId
    username: Username
    token: str
    expires_at: str


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


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stored message, as `chat_message` pushes it and `history` lists it."""

    message_id: MessageId
    conversation_id: ConversationId
    seq: int
    user_id: UserId
    username: Username
    content: str
    type: str
    created_at: str
    client_message_id: ClientMessageId | None = None


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


class HistoryPageData(Struct, frozen=True):
    conversation_id: ConversationId
    messages: list[Message]
    has_more: bool


class HistoryPage(ServerFrame, frozen=True, tag="history"):
    """Messages, ascending by `seq`."""

    data: HistoryPageData


class Person(Struct, frozen=True):
    user_id: UserId
    username: Username


class Member(Struct, frozen=True, kw_only=True):
    user_id: UserId
    username: Username
    role: Role
    last_read_seq: int
    online: bool


class Conversation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A conversation as one of its members sees it."""

    conversation_id: ConversationId
    kind: Kind
    title: str | None = None
    role: Role
    last_seq: int
    last_message: Message | None = None
    last_activity_at: str
    last_read_seq: int
    unread_count: int
    created_at: str


class ConversationCreated(ServerFrame, frozen=True, tag="conversation_created"):
    """A conversation that the user is in from now on.

    Pushed to every other live connection of those who are in it now.
    """

    data: Conversation


class MembersAddedData(Struct, frozen=True):
    conversation_id: ConversationId
    members: list[Member]
    by: Person


class MembersAdded(ServerFrame, frozen=True, tag="members_added"):
    """People who are in the conversation from now on.

    Pushed to every other live connection of every member.
    """

    data: MembersAddedData


class MemberRemovedData(Struct, frozen=True):
    conversation_id: ConversationId
    user_id: UserId
    username: Username
    by: Person


class MemberRemoved(ServerFrame, frozen=True, tag="member_removed"):
    """Somebody who was put out of the conversation, or left it.

    Pushed to every other live connection of every member, and of the one who is out.
    """

    data: MemberRemovedData


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


class HeartbeatAckData(Struct, frozen=True):
    server_time: str
    behind: dict[ConversationId, int]


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
