"""The frames by which owners and moderators keep a group in order, and members report messages.

As in `client_frames`, the docstring of a frame says what it is for.
"""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

from chat.protocol import fields
from chat.protocol.client_frames import ClientFrame, PageData
from chat.protocol.limits import MAX_REASON

MAX_SLOW_SECONDS = 6 * 60 * 60


class MuteMemberData(Struct, frozen=True, kw_only=True):
    username: fields.Username
    until: Annotated[datetime, Meta(tz=True)]


class MuteMember(ClientFrame, frozen=True, kw_only=True):
    """Lets a member send nothing until a time. For owners and moderators.

    A time that has passed ends this.
    """

    type_name = "mute_member"
    conversation_id: fields.ConversationId
    data: MuteMemberData


class BannedUserData(Struct, frozen=True):
    username: fields.Username


class BanMember(ClientFrame, frozen=True, kw_only=True):
    """Removes a user from a group, who cannot be added again. For owners and moderators."""

    type_name = "ban_member"
    conversation_id: fields.ConversationId
    data: BannedUserData


class UnbanMember(ClientFrame, frozen=True, kw_only=True):
    """Lets a banned user be added again. For owners and moderators."""

    type_name = "unban_member"
    conversation_id: fields.ConversationId
    data: BannedUserData


class ListBans(ClientFrame, frozen=True, kw_only=True):
    """Asks who is banned from a group. For owners and moderators."""

    type_name = "list_bans"
    conversation_id: fields.ConversationId
    data: PageData = field(default_factory=PageData)


class SetSlowModeData(Struct, frozen=True):
    slow_seconds: Annotated[int, Meta(ge=0, le=MAX_SLOW_SECONDS)]


class SetSlowMode(ClientFrame, frozen=True, kw_only=True):
    """Says how long a member waits between two messages; 0 is not at all.

    For owners and moderators, who do not wait.
    """

    type_name = "set_slow_mode"
    conversation_id: fields.ConversationId
    data: SetSlowModeData


class ReportMessageData(Struct, frozen=True):
    reason: Annotated[str, fields.composed_to(MAX_REASON)] | UnsetType = UNSET


class ReportMessage(ClientFrame, frozen=True, kw_only=True):
    """Reports a message to the operator."""

    type_name = "report_message"
    message_id: fields.MessageId
    data: ReportMessageData = field(default_factory=ReportMessageData)
