from chat.actions.closing import close
from chat.actions.services import Services
from chat.protocol.encoding import encode, error_frame
from chat.protocol.errors import AuthTimeout
from chat.protocol.ids import ConnectionId
from chat.push.post import Outcome
from chat.storage.connections import delete_unauthenticated


def auth_deadline(connection_id: ConnectionId, services: Services) -> None:
    """Notify and close a connection that is not authenticated by its deadline.

    Raises:
        NotClosed: to be tried again later.
    """
    if not delete_unauthenticated(connection_id):
        return
    outcomes = services.push().push([connection_id], encode(error_frame(AuthTimeout())))
    if outcomes[connection_id] is not Outcome.GONE:
        close(connection_id, services)
        services.add_metric("AuthTimedOut", 1)
