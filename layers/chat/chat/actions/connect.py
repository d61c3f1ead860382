from chat.actions.chat import Chat
from chat.protocol.ids import ConnectionId
from chat.storage.connections import put_connection


def connect(connection_id: ConnectionId, chat: Chat) -> None:
    """Store a connection, and have it greeted and its deadline kept by other functions.

    Nothing can be pushed to it before this has been answered.
    """
    put_connection(connection_id, chat.now_ms())
    chat.deferred().greet(connection_id)
    chat.deferred().auth_deadline(connection_id, chat.limits.auth_deadline_seconds)
