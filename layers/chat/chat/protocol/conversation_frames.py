"""The frames by which a client makes, changes and lists conversations."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from chat.protocol import fields
from chat.protocol.client_frames import ClientFrame, PageData
from chat.protocol.limits import MAX_TITLE

MAX_NAMED_CONVERSATIONS = 50
# Each frame is one transaction of at most 100 writes, so it takes effect whole or not at all.
MAX_NAMED_AT_CREATION = 48  # two writes each, as for the creator, and one for the conversation
MAX_NAMED_MEMBERS = 32  # three writes each, beside three for the owner, the count and the change
_Usernames = Annotated[list[fields.Username], Meta(min_length=1, max_length=MAX_NAMED_MEMBERS)]


class CreateConversationData(Struct, frozen=True, kw_only=True):
    kind: Literal["group", "direct"]
    members: Annotated[list[fields.Username], Meta(max_length=MAX_NAMED_AT_CREATION)]
    title: Annotated[str, fields.composed_to(MAX_TITLE)] | UnsetType = UNSET


class CreateConversation(ClientFrame, frozen=True, kw_only=True):
    """Begins a conversation; a direct one that is there already is given back."""

    type_name = "create_conversation"
    data: CreateConversationData


class AddMembersData(Struct, frozen=True):
    members: _Usernames


class AddMembers(ClientFrame, frozen=True, kw_only=True):
    """Brings people into a group."""

    type_name = "add_members"
    conversation_id: fields.ConversationId
    data: AddMembersData


class RemoveMemberData(Struct, frozen=True):
    username: fields.Username


class RemoveMember(ClientFrame, frozen=True, kw_only=True):
    """Puts somebody out of a group."""

    type_name = "remove_member"
    conversation_id: fields.ConversationId
    data: RemoveMemberData


class LeaveConversation(ClientFrame, frozen=True, kw_only=True):
    """Leaves a group."""

    type_name = "leave_conversation"
    conversation_id: fields.ConversationId


class SetTitleData(Struct, frozen=True):
    title: Annotated[str, fields.composed_to(MAX_TITLE)]


class SetTitle(ClientFrame, frozen=True, kw_only=True):
    """Gives a group another title. For owners and moderators."""

    type_name = "set_title"
    conversation_id: fields.ConversationId
    data: SetTitleData


class PinMessage(ClientFrame, frozen=True, kw_only=True):
    """Pins a message. For owners and moderators, and for both in a direct conversation."""

    type_name = "pin_message"
    message_id: fields.MessageId


class UnpinMessage(ClientFrame, frozen=True, kw_only=True):
    """Takes the pin of a message away. For those who may pin it."""

    type_name = "unpin_message"
    message_id: fields.MessageId


class SetRoleData(Struct, frozen=True, kw_only=True):
    username: fields.Username
    role: Literal["owner", "moderator", "member"]


class SetRole(ClientFrame, frozen=True, kw_only=True):
    """Makes a member an owner, a moderator or just a member. For owners."""

    type_name = "set_role"
    conversation_id: fields.ConversationId
    data: SetRoleData


class ListConversationsData(PageData, frozen=True, kw_only=True):
    conversation_ids: (
        Annotated[
            list[fields.ConversationId], Meta(min_length=1, max_length=MAX_NAMED_CONVERSATIONS)
        ]
        | UnsetType
    ) = UNSET


class ListConversations(ClientFrame, frozen=True, kw_only=True):
    """Asks for the user's conversations, or for some of them by their ids."""

    type_name = "list_conversations"
    data: ListConversationsData = field(default_factory=ListConversationsData)


class ListMembers(ClientFrame, frozen=True, kw_only=True):
    """Asks who is in a conversation."""

    type_name = "list_members"
    conversation_id: fields.ConversationId
    data: PageData = field(default_factory=PageData)
