from chat.actions.presence_looks import look_later
from chat.actions.services import Services
from chat.protocol.ids import ConnectionId
from chat.storage.connections import (
    Session,
    delete_connection,
    delete_unauthenticated,
    find_connection,
)
from chat.storage.database import gather_two
from chat.storage.memberships import memberships_of
from chat.storage.presence import find_known
from chat.storage.roster_changes import delete_entries


def disconnect(connection_id: ConnectionId, services: Services) -> None:
    """Forget a connection everywhere.

    API Gateway calls this on a best effort: rows that stay behind end with their time to live or
    with the first push that finds the connection gone.
    """
    session = _forget(connection_id)
    if session:
        user_id = session.user_id
        conversations, known = gather_two(
            lambda: [each.conversation_id for each in memberships_of(user_id)],
            lambda: find_known(user_id, services.now_ms()),
        )
        look_later(known, services)
        delete_entries(conversations, [connection_id])
    services.add_metric("Disconnected", 1)


def _forget(connection_id: ConnectionId) -> Session | None:
    """Delete a connection and its session, be it one that begins just now."""
    while True:
        connection = find_connection(connection_id)
        if connection and connection.session:
            delete_connection(connection_id, connection.session.user_id)
            return connection.session
        if delete_unauthenticated(connection_id):
            return None
