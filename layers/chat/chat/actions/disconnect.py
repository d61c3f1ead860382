from chat.actions.chat import Chat
from chat.protocol.ids import ConnectionId
from chat.storage.connections import delete_connection, find_connection
from chat.storage.memberships import memberships_of
from chat.storage.roster import delete_entries


def disconnect(connection_id: ConnectionId, chat: Chat) -> None:
    """Forget a connection everywhere.

    API Gateway calls this on a best effort: rows that stay behind end with their time to live or
    with the first push that finds the connection gone.
    """
    connection = find_connection(connection_id)
    session = connection.session if connection else None
    delete_connection(connection_id, session.user_id if session else None)
    if session:
        conversations = [each.conversation_id for each in memberships_of(session.user_id)]
        delete_entries(conversations, [connection_id])
    chat.count("Disconnected", 1)
