"""What all frames of a client have, and those about the connection and the session.

The frames of the other subjects are in modules of their own (`message_frames` and others).

The docstring of a frame says what it is for. `docs/frames.md` and `docs/asyncapi.yaml` repeat it.

The envelope is camelCase on the wire, `data` is snake_case. Unknown fields are ignored. A field
that may be left out may not be `null`.
"""

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, Struct, UnsetType, field

from chat.protocol import fields
from chat.protocol.limits import MAX_PASSWORD

MAX_POSITIONS = 100
MAX_WATCHED_AT_ONCE = 50
MAX_ACCEPTED = 16
BATCH = "batch"


class ClientFrame(Struct, frozen=True, kw_only=True, rename="camel"):
    """What every client frame may carry; `type_name` is its `type` on the wire and its route."""

    type_name: ClassVar[str]
    request_id: fields.RequestId | UnsetType = UNSET


class AuthenticateData(Struct, frozen=True, kw_only=True):
    username: fields.Username | UnsetType = UNSET
    password: Annotated[str, fields.composed_to(MAX_PASSWORD)] | UnsetType = UNSET
    token: Annotated[str, Meta(min_length=1, max_length=8192)] | UnsetType = UNSET
    accepts: Annotated[list[fields.Accepted], Meta(max_length=MAX_ACCEPTED)] = field(
        default_factory=list
    )


class Authenticate(ClientFrame, frozen=True, kw_only=True):
    """Says who this is, by a password or by a token."""

    type_name = "authenticate"
    data: AuthenticateData


class SignOut(ClientFrame, frozen=True, kw_only=True):
    """Ends every session of the user, on all devices."""

    type_name = "sign_out"


class PageData(Struct, frozen=True, kw_only=True):
    cursor: fields.Cursor | UnsetType = UNSET
    limit: fields.Limit = fields.DEFAULT_PAGE


class WatchPresenceData(Struct, frozen=True):
    user_ids: Annotated[list[fields.UserId], Meta(max_length=MAX_WATCHED_AT_ONCE)]


class WatchPresence(ClientFrame, frozen=True, kw_only=True):
    """Says which members' presence the connection watches in a conversation from now on.

    The list takes the place of the one before; an empty list ends the watch.
    """

    type_name = "watch_presence"
    conversation_id: fields.ConversationId
    data: WatchPresenceData


class HeartbeatData(Struct, frozen=True):
    positions: Annotated[
        dict[fields.ConversationId, fields.Seq], Meta(max_length=MAX_POSITIONS)
    ] = field(default_factory=dict)
    inbox: fields.Seq | UnsetType = UNSET


class Heartbeat(ClientFrame, frozen=True, kw_only=True):
    """Says that the client is there, and how far it has read along."""

    type_name = "heartbeat"
    data: HeartbeatData = field(default_factory=HeartbeatData)
