from chat.actions.chat import Chat
from chat.actions.closing import close
from chat.protocol.encoding import encode, refusal_frame
from chat.protocol.errors import AuthTimeout
from chat.protocol.ids import ConnectionId
from chat.push.post import Outcome
from chat.storage.connections import delete_unauthenticated


def auth_deadline(connection_id: ConnectionId, chat: Chat) -> None:
    """Tell and close a connection that is not authenticated by its deadline.

    Raises:
        NotClosed: to be tried again later.
    """
    if not delete_unauthenticated(connection_id):
        return
    outcomes = chat.push().push([connection_id], encode(refusal_frame(AuthTimeout())))
    if outcomes[connection_id] is not Outcome.GONE:
        close(connection_id, chat)
        chat.count("AuthTimedOut", 1)
