"""The frames a client sends, with the type and range of every field.

The docstring of a frame says what it is for. `docs/frames.md` and `docs/asyncapi.yaml` repeat it.

The envelope is camelCase on the wire, `data` is snake_case. Unknown fields are ignored. A field
that may be left out may not be `null`.
"""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from chat.protocol.ids import (
    AttachmentId,
    ClientMessageId,
    ConversationId,
    MessageId,
    UserId,
    Username,
)
from chat.protocol.limits import (
    MAX_DECOMPOSED,
    MAX_ID,
    MAX_JSON_INTEGER,
    MAX_PASSWORD,
    MAX_REACTION_BYTES,
    MAX_TITLE,
)

MAX_POSITIONS = 100
MAX_PAGE = 100
MAX_MENTIONS = 20
MAX_NAMED_CONVERSATIONS = 50
MAX_MESSAGE_IDS = 50
MAX_ATTACHMENTS = 10
MAX_ATTACHMENT_IDS = 50
MAX_WATCHED_AT_ONCE = 50
MAX_PIXELS = 1_000_000
MAX_DURATION_SECONDS = 1_000_000
MAX_TYPED_NAME = 1024
MAX_MEDIA_TYPE = 127
DEFAULT_PAGE = 50
# Each frame is one transaction of at most 100 writes, so it takes effect whole or not at all.
MAX_NAMED_AT_CREATION = 48  # two writes each, as for the creator, and one for the conversation
MAX_NAMED_MEMBERS = 32  # three writes each, beside three for the owner, the count and the change

_RESTRICTED_NAME = "[a-z0-9][a-z0-9!#$&^_.+-]*"  # RFC 6838, 4.2, in lower case
RequestId = Annotated[str, Meta(min_length=1, max_length=64)]
_Id = Meta(min_length=1, max_length=MAX_ID)
_ConversationId = Annotated[ConversationId, _Id]
_MessageId = Annotated[MessageId, Meta(min_length=1, max_length=160)]
_UserId = Annotated[UserId, _Id]
_Username = Annotated[Username, Meta(min_length=1, max_length=64)]
_Usernames = Annotated[list[_Username], Meta(min_length=1, max_length=MAX_NAMED_MEMBERS)]
_MessageIds = Annotated[list[_MessageId], Meta(min_length=1, max_length=MAX_MESSAGE_IDS)]
_AttachmentId = Annotated[AttachmentId, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")]
_AttachmentIds = Annotated[list[_AttachmentId], Meta(min_length=1, max_length=MAX_ATTACHMENT_IDS)]
_MediaType = Annotated[
    str, Meta(max_length=MAX_MEDIA_TYPE, pattern=rf"^{_RESTRICTED_NAME}/{_RESTRICTED_NAME}\Z")
]
_Pixels = Annotated[int, Meta(ge=1, le=MAX_PIXELS)]
_Duration = Annotated[float, Meta(ge=0, le=MAX_DURATION_SECONDS)]
_Seq = Annotated[int, Meta(ge=0, le=MAX_JSON_INTEGER)]
_Limit = Annotated[int, Meta(ge=1, le=MAX_PAGE)]
_Cursor = Annotated[str, Meta(min_length=1, max_length=2048)]


def _composed_to(most: int) -> Meta:
    """Bound a text before it is composed, by which it only gets shorter; it is measured then."""
    return Meta(min_length=1, max_length=most * MAX_DECOMPOSED)


class ClientFrame(Struct, frozen=True, kw_only=True, rename="camel"):
    """What every client frame may carry; `type_name` is its `type` on the wire and its route."""

    type_name: ClassVar[str]
    request_id: RequestId | UnsetType = UNSET


class AuthenticateData(Struct, frozen=True, kw_only=True):
    username: _Username | UnsetType = UNSET
    password: Annotated[str, _composed_to(MAX_PASSWORD)] | UnsetType = UNSET
    token: Annotated[str, Meta(min_length=1, max_length=8192)] | UnsetType = UNSET


class Authenticate(ClientFrame, frozen=True, kw_only=True):
    """Says who this is, by a password or by a token."""

    type_name = "authenticate"
    data: AuthenticateData


class SignOut(ClientFrame, frozen=True, kw_only=True):
    """Ends every session of the user, on all devices."""

    type_name = "sign_out"


class PageData(Struct, frozen=True, kw_only=True):
    cursor: _Cursor | UnsetType = UNSET
    limit: _Limit = DEFAULT_PAGE


class MessageContent(Struct, frozen=True, kw_only=True):
    """What a message says, and whom it mentions; `*` is everybody.

    Only a message with attachments may say nothing.
    """

    content: str = ""
    type: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.-]{0,31}\Z")] = "text"
    mentions: Annotated[list[_UserId], Meta(max_length=MAX_MENTIONS)] = []


class AttachmentData(Struct, frozen=True, kw_only=True):
    """An upload that a message takes, with what its sender knows of it, for others to show it."""

    attachment_id: _AttachmentId
    width: _Pixels | UnsetType = UNSET
    height: _Pixels | UnsetType = UNSET
    duration_seconds: _Duration | UnsetType = UNSET
    thumbnail_id: _AttachmentId | UnsetType = UNSET


class ChatMessageData(MessageContent, frozen=True, kw_only=True):
    reply_to: _MessageId | UnsetType = UNSET
    attachments: Annotated[list[AttachmentData], Meta(max_length=MAX_ATTACHMENTS)] = []


class ChatMessage(ClientFrame, frozen=True, kw_only=True):
    """Sends a message to a conversation."""

    type_name = "chat_message"
    conversation_id: _ConversationId
    client_message_id: Annotated[ClientMessageId, Meta(min_length=1, max_length=64)] | UnsetType = (
        UNSET
    )
    data: ChatMessageData


class EditMessageData(MessageContent, frozen=True, kw_only=True):
    version: _Seq | UnsetType = UNSET


class EditMessage(ClientFrame, frozen=True, kw_only=True):
    """Replaces what a message of the user's own says."""

    type_name = "edit_message"
    message_id: _MessageId
    data: EditMessageData


class DeleteMessage(ClientFrame, frozen=True, kw_only=True):
    """Deletes a message for good."""

    type_name = "delete_message"
    message_id: _MessageId


class ReactData(Struct, frozen=True, kw_only=True):
    reaction: Annotated[str, _composed_to(MAX_REACTION_BYTES)]
    is_on: bool


class React(ClientFrame, frozen=True, kw_only=True):
    """Says whether the user reacts to a message in a certain way."""

    type_name = "react"
    message_id: _MessageId
    data: ReactData


class ListReactionsData(PageData, frozen=True, kw_only=True):
    reaction: Annotated[str, _composed_to(MAX_REACTION_BYTES)] | UnsetType = UNSET


class ListReactions(ClientFrame, frozen=True, kw_only=True):
    """Asks who reacted to a message, and how."""

    type_name = "list_reactions"
    message_id: _MessageId
    data: ListReactionsData = field(default_factory=ListReactionsData)


class GetMessagesData(Struct, frozen=True):
    """Either ids of messages, or `pinned`."""

    message_ids: _MessageIds | UnsetType = UNSET
    pinned: bool = False


class GetMessages(ClientFrame, frozen=True, kw_only=True):
    """Asks for messages by their ids, or for those that are pinned, as they are now."""

    type_name = "get_messages"
    conversation_id: _ConversationId
    data: GetMessagesData


class RequestUploadData(Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=MAX_TYPED_NAME)]
    size: Annotated[int, Meta(ge=1, le=MAX_JSON_INTEGER)]
    media_type: _MediaType


class RequestUpload(ClientFrame, frozen=True, kw_only=True):
    """Asks where to upload a file that a message of this conversation will take."""

    type_name = "request_upload"
    conversation_id: _ConversationId
    data: RequestUploadData


class GetAttachmentsData(Struct, frozen=True):
    attachment_ids: _AttachmentIds


class GetAttachments(ClientFrame, frozen=True, kw_only=True):
    """Asks where to download attachments of messages of a conversation."""

    type_name = "get_attachments"
    conversation_id: _ConversationId
    data: GetAttachmentsData


class TypingData(Struct, frozen=True):
    is_typing: bool = True


class Typing(ClientFrame, frozen=True, kw_only=True):
    """Says to the other members that the user is typing, or no longer is."""

    type_name = "typing"
    conversation_id: _ConversationId
    data: TypingData = field(default_factory=TypingData)


class ReadReceipt(ClientFrame, frozen=True, kw_only=True):
    """Marks everything up to a message as read."""

    type_name = "read_receipt"
    message_id: _MessageId


class HistoryData(Struct, frozen=True, kw_only=True):
    after_seq: _Seq | UnsetType = UNSET
    before_seq: _Seq | UnsetType = UNSET
    limit: _Limit = DEFAULT_PAGE


class History(ClientFrame, frozen=True, kw_only=True):
    """Asks for messages and changes after a number, or for messages before one, or the newest."""

    type_name = "history"
    conversation_id: _ConversationId
    data: HistoryData = field(default_factory=HistoryData)


class CreateConversationData(Struct, frozen=True, kw_only=True):
    kind: Literal["group", "direct"]
    members: Annotated[list[_Username], Meta(max_length=MAX_NAMED_AT_CREATION)]
    title: Annotated[str, _composed_to(MAX_TITLE)] | UnsetType = UNSET


class CreateConversation(ClientFrame, frozen=True, kw_only=True):
    """Begins a conversation; a direct one that is there already is given back."""

    type_name = "create_conversation"
    data: CreateConversationData


class AddMembersData(Struct, frozen=True):
    members: _Usernames


class AddMembers(ClientFrame, frozen=True, kw_only=True):
    """Brings people into a group."""

    type_name = "add_members"
    conversation_id: _ConversationId
    data: AddMembersData


class RemoveMemberData(Struct, frozen=True):
    username: _Username


class RemoveMember(ClientFrame, frozen=True, kw_only=True):
    """Puts somebody out of a group."""

    type_name = "remove_member"
    conversation_id: _ConversationId
    data: RemoveMemberData


class LeaveConversation(ClientFrame, frozen=True, kw_only=True):
    """Leaves a group."""

    type_name = "leave_conversation"
    conversation_id: _ConversationId


class SetTitleData(Struct, frozen=True):
    title: Annotated[str, _composed_to(MAX_TITLE)]


class SetTitle(ClientFrame, frozen=True, kw_only=True):
    """Gives a group another title. For owners and moderators."""

    type_name = "set_title"
    conversation_id: _ConversationId
    data: SetTitleData


class PinMessage(ClientFrame, frozen=True, kw_only=True):
    """Pins a message. For owners and moderators, and for both in a direct conversation."""

    type_name = "pin_message"
    message_id: _MessageId


class UnpinMessage(ClientFrame, frozen=True, kw_only=True):
    """Takes the pin of a message away. For those who may pin it."""

    type_name = "unpin_message"
    message_id: _MessageId


class SetRoleData(Struct, frozen=True, kw_only=True):
    username: _Username
    role: Literal["owner", "moderator", "member"]


class SetRole(ClientFrame, frozen=True, kw_only=True):
    """Makes a member an owner, a moderator or just a member. For owners."""

    type_name = "set_role"
    conversation_id: _ConversationId
    data: SetRoleData


class ListConversationsData(PageData, frozen=True, kw_only=True):
    conversation_ids: (
        Annotated[list[_ConversationId], Meta(min_length=1, max_length=MAX_NAMED_CONVERSATIONS)]
        | UnsetType
    ) = UNSET


class ListConversations(ClientFrame, frozen=True, kw_only=True):
    """Asks for the user's conversations, or for some of them by their ids."""

    type_name = "list_conversations"
    data: ListConversationsData = field(default_factory=ListConversationsData)


class ListMembers(ClientFrame, frozen=True, kw_only=True):
    """Asks who is in a conversation."""

    type_name = "list_members"
    conversation_id: _ConversationId
    data: PageData = field(default_factory=PageData)


class WatchPresenceData(Struct, frozen=True):
    user_ids: Annotated[list[_UserId], Meta(max_length=MAX_WATCHED_AT_ONCE)]


class WatchPresence(ClientFrame, frozen=True, kw_only=True):
    """Says which members' presence the connection watches in a conversation from now on.

    The list takes the place of the one before; an empty list ends the watch.
    """

    type_name = "watch_presence"
    conversation_id: _ConversationId
    data: WatchPresenceData


class HeartbeatData(Struct, frozen=True):
    positions: Annotated[dict[_ConversationId, _Seq], Meta(max_length=MAX_POSITIONS)] = field(
        default_factory=dict
    )
    inbox: _Seq | UnsetType = UNSET


class Heartbeat(ClientFrame, frozen=True, kw_only=True):
    """Says that the client is there, and how far it has read along."""

    type_name = "heartbeat"
    data: HeartbeatData = field(default_factory=HeartbeatData)
