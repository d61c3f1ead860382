"""The frames the service sends about messages, and a message as they show it."""

from typing import Literal

from msgspec import Struct

from chat.protocol.ids import (
    AttachmentId,
    ClientMessageId,
    ConversationId,
    MessageId,
    UserId,
    Username,
)
from chat.protocol.server_frames import Person, ServerFrame

type Mention = UserId | Literal["*"]
"""A user, or everybody."""
type MessageChange = Literal["edited", "deleted", "reacted"]


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


class MessagesData(Struct, frozen=True, omit_defaults=True):
    conversation_id: ConversationId
    messages: list[Message]
    left_out: list[MessageId] = []
    """Those that did not fit one frame."""


class Messages(ServerFrame, frozen=True, tag="messages"):
    """The messages that were asked for."""

    data: MessagesData


class SearchResultsData(Struct, frozen=True, omit_defaults=True):
    conversation_id: ConversationId
    messages: list[Message]
    cursor: int | None = None
    """The `before_seq` of the next page; there is none once the beginning was reached."""


class SearchResults(ServerFrame, frozen=True, tag="search_results"):
    """A page of messages that contain a text, newest first. A page may have none and a cursor."""

    data: SearchResultsData


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
