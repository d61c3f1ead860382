from chat.actions.services import Services
from chat.protocol.encoding import encode
from chat.protocol.ids import ConnectionId
from chat.protocol.server_frames import (
    AuthRequired,
    AuthRequiredData,
    Connected,
    ConnectedData,
    ServerFrame,
)
from chat.push.post import Outcome
from chat.storage.connections import Connection, find_connection

PROTOCOL_VERSION = 1
OPENING_PAUSES_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Pauses between pushes that find the connection not open yet: 1.6 s in all."""

MAX_OPENING_SECONDS = 30
"""After this long a connection is open or never will be: API Gateway gives `$connect` 29 s.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
"""


class NotGreeted(RuntimeError):
    """The connection is stored, but nothing could be pushed to it."""


def greet(connection_id: ConnectionId, services: Services) -> None:
    """Push `connected`, and `auth_required` unless the client has authenticated by then.

    Raises:
        NotGreeted: to be tried again later.
    """
    limits = services.limits
    connected = Connected(data=ConnectedData(limits.heartbeat_seconds, PROTOCOL_VERSION))
    if not _push_once_open(connection_id, connected, services):
        return
    connection = find_connection(connection_id)
    if connection and connection.session is None:
        required = AuthRequired(data=AuthRequiredData(limits.auth_deadline_seconds))
        services.push().push([connection_id], encode(required))


def _push_once_open(connection_id: ConnectionId, frame: ServerFrame, services: Services) -> bool:
    """Push as soon as the connection accepts it; False if it was closed again."""
    for pause_seconds in (*OPENING_PAUSES_SECONDS, None):
        outcome = services.push().push([connection_id], encode(frame))[connection_id]
        if outcome is Outcome.DELIVERED:
            return True
        # Until `$connect` has been answered, a push finds the connection gone. Its row tells
        # whether it really is; its age does if `$disconnect` never came.
        connection = find_connection(connection_id)
        if connection is None or (outcome is Outcome.GONE and _was_opened(connection, services)):
            return False
        if pause_seconds is None:
            break
        services.sleep(pause_seconds)
    raise NotGreeted


def _was_opened(connection: Connection, services: Services) -> bool:
    return services.now_ms() - connection.connected_at > MAX_OPENING_SECONDS * 1000
