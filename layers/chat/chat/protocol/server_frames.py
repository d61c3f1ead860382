"""The frames the service sends: direct replies and pushes.

A frame that carries `requestId` is a direct reply; the same frame without it is a push. The
docstring of a frame says what it means and, in a paragraph of its own, whom it is pushed to.
"""

from msgspec import UNSET, Struct, UnsetType

from chat.protocol.errors import ErrorCode
from chat.protocol.ids import ConversationId, UserId, Username


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
