from chat.actions.authorization import require_session
from chat.actions.services import Services
from chat.actions.session_end import end_sessions
from chat.protocol.client_frames import SignOut
from chat.protocol.ids import ConnectionId
from chat.protocol.server_frames import SignedOut
from chat.storage.connections import Session, find_connection, sessions_to_end
from chat.storage.users import User


def sign_out(frame: SignOut, connection_id: ConnectionId, services: Services) -> SignedOut:  # noqa: ARG001 -- every frame's shape
    """End every session of the user; only the asking connection, if there is one, stays open."""
    session = _asking(connection_id, services)
    user = User(session.user_id, session.username)
    asking = None if services.caller else session
    signed_out = end_sessions(user, "sign_out", services, asking)
    services.add_metric("SignedOut", 1)
    return signed_out


def _asking(connection_id: ConnectionId, services: Services) -> Session:
    """Find the session to end, or the one that an earlier sign-out, which died half-way, has ended.

    Raises:
        NotAuthenticated, AuthExpired
    """
    connection = None if services.caller else find_connection(connection_id)
    session = connection.session if connection else None
    if session and session.has_ended:
        left = sessions_to_end(session.user_id, services.now_ms())
        if session in left:
            return session
    return require_session(connection_id, services)
