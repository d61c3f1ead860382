"""The frames by which a client sends, changes and reads messages."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

from chat.protocol import fields
from chat.protocol.client_frames import ClientFrame, PageData
from chat.protocol.ids import ClientMessageId
from chat.protocol.limits import MAX_REACTION_BYTES, MAX_SEARCH_TEXT

MAX_MENTIONS = 20
MAX_MESSAGE_IDS = 50
MAX_ATTACHMENTS = 10
MAX_PIXELS = 1_000_000
MAX_DURATION_SECONDS = 1_000_000
_MessageIds = Annotated[list[fields.MessageId], Meta(min_length=1, max_length=MAX_MESSAGE_IDS)]
_Pixels = Annotated[int, Meta(ge=1, le=MAX_PIXELS)]
_Duration = Annotated[float, Meta(ge=0, le=MAX_DURATION_SECONDS)]


class MessageContent(Struct, frozen=True, kw_only=True):
    """What a message says, and whom it mentions; `*` is everybody.

    Only a message with attachments may say nothing.
    """

    content: str = ""
    type: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.-]{0,31}\Z")] = "text"
    mentions: Annotated[list[fields.UserId], Meta(max_length=MAX_MENTIONS)] = []


class AttachmentData(Struct, frozen=True, kw_only=True):
    """An upload that a message takes, with what its sender knows of it, for others to show it."""

    attachment_id: fields.AttachmentId
    width: _Pixels | UnsetType = UNSET
    height: _Pixels | UnsetType = UNSET
    duration_seconds: _Duration | UnsetType = UNSET
    thumbnail_id: fields.AttachmentId | UnsetType = UNSET


class ChatMessageData(MessageContent, frozen=True, kw_only=True):
    reply_to: fields.MessageId | UnsetType = UNSET
    attachments: Annotated[list[AttachmentData], Meta(max_length=MAX_ATTACHMENTS)] = []


class ChatMessage(ClientFrame, frozen=True, kw_only=True):
    """Sends a message to a conversation."""

    type_name = "chat_message"
    conversation_id: fields.ConversationId
    client_message_id: Annotated[ClientMessageId, Meta(min_length=1, max_length=64)] | UnsetType = (
        UNSET
    )
    data: ChatMessageData


class EditMessageData(MessageContent, frozen=True, kw_only=True):
    version: fields.Seq | UnsetType = UNSET


class EditMessage(ClientFrame, frozen=True, kw_only=True):
    """Replaces what a message of the user's own says."""

    type_name = "edit_message"
    message_id: fields.MessageId
    data: EditMessageData


class DeleteMessage(ClientFrame, frozen=True, kw_only=True):
    """Deletes a message for good."""

    type_name = "delete_message"
    message_id: fields.MessageId


class ReactData(Struct, frozen=True, kw_only=True):
    reaction: Annotated[str, fields.composed_to(MAX_REACTION_BYTES)]
    is_on: bool


class React(ClientFrame, frozen=True, kw_only=True):
    """Says whether the user reacts to a message in a certain way."""

    type_name = "react"
    message_id: fields.MessageId
    data: ReactData


class ListReactionsData(PageData, frozen=True, kw_only=True):
    reaction: Annotated[str, fields.composed_to(MAX_REACTION_BYTES)] | UnsetType = UNSET


class ListReactions(ClientFrame, frozen=True, kw_only=True):
    """Asks who reacted to a message, and how."""

    type_name = "list_reactions"
    message_id: fields.MessageId
    data: ListReactionsData = field(default_factory=ListReactionsData)


class GetMessagesData(Struct, frozen=True):
    """Either ids of messages, or `pinned`."""

    message_ids: _MessageIds | UnsetType = UNSET
    pinned: bool = False


class GetMessages(ClientFrame, frozen=True, kw_only=True):
    """Asks for messages by their ids, or for those that are pinned, as they are now."""

    type_name = "get_messages"
    conversation_id: fields.ConversationId
    data: GetMessagesData


class TypingData(Struct, frozen=True):
    is_typing: bool = True


class Typing(ClientFrame, frozen=True, kw_only=True):
    """Says to the other members that the user is typing, or no longer is."""

    type_name = "typing"
    conversation_id: fields.ConversationId
    data: TypingData = field(default_factory=TypingData)


class ReadReceipt(ClientFrame, frozen=True, kw_only=True):
    """Marks everything up to a message as read."""

    type_name = "read_receipt"
    message_id: fields.MessageId


class HistoryData(Struct, frozen=True, kw_only=True):
    after_seq: fields.Seq | UnsetType = UNSET
    before_seq: fields.Seq | UnsetType = UNSET
    limit: fields.Limit = fields.DEFAULT_PAGE


class History(ClientFrame, frozen=True, kw_only=True):
    """Asks for messages and changes after a number, or for messages before one, or the newest."""

    type_name = "history"
    conversation_id: fields.ConversationId
    data: HistoryData = field(default_factory=HistoryData)


class SearchData(Struct, frozen=True, kw_only=True):
    text: Annotated[str, fields.composed_to(MAX_SEARCH_TEXT)]
    before_seq: fields.Seq | UnsetType = UNSET


class Search(ClientFrame, frozen=True, kw_only=True):
    """Asks for messages of a conversation that contain a text, the newest ones or those before."""

    type_name = "search"
    conversation_id: fields.ConversationId
    data: SearchData
