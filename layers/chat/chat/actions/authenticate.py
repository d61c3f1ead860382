from chat.actions.admission import count_a_minute
from chat.actions.chat import Chat
from chat.actions.proof import Proven, prove
from chat.auth.tokens import Claims
from chat.protocol.client_frames import Authenticate
from chat.protocol.errors import (
    AlreadyAuthenticated,
    AuthRefusal,
    AuthTimeout,
    InvalidToken,
    RateLimited,
    TooManyAttempts,
)
from chat.protocol.ids import ConnectionId
from chat.protocol.server_frames import AuthSuccess, AuthSuccessData
from chat.protocol.times import rfc3339
from chat.storage.connections import (
    Connection,
    Session,
    close_session,
    count_failure,
    find_connection,
    open_session,
)
from chat.storage.database import both
from chat.storage.memberships import memberships_of
from chat.storage.roster import enter

MAX_FAILURES = 3
"""How often one connection may fail to authenticate before it is closed."""


def authenticate(frame: Authenticate, connection_id: ConnectionId, chat: Chat) -> AuthSuccess:
    """Make a connection a user's, and put it on the roster of every conversation of theirs.

    Connection and session are written before the memberships are read, so that whoever adds this
    user meanwhile either is seen here or sees the session.
    """
    connection = _find_connection(connection_id, chat)
    proven = _prove(frame, connection, chat)
    now_ms = chat.now_ms()
    ends_at = (now_ms // 1000 + chat.limits.session_seconds) * 1000
    session = _open_session(connection, proven, ends_at)
    conversations, still_holds = both(
        lambda: [each.conversation_id for each in memberships_of(session.user_id)],
        proven.still_holds,
    )
    if not still_holds:
        close_session(session)
        raise InvalidToken
    if not enter(conversations, session):
        _check_was_followed(session)

    claims = Claims(session.user_id, session.username, proven.token_generation, ends_at)
    token = chat.tokens().issue(claims, now_ms)
    return AuthSuccess(
        data=AuthSuccessData(session.user_id, session.username, token, rfc3339(ends_at))
    )


def _find_connection(connection_id: ConnectionId, chat: Chat) -> Connection:
    try:
        connection = count_a_minute("authentications", connection_id, chat)
    except RateLimited as refusal:
        raise TooManyAttempts(refusal.retry_after_seconds) from refusal
    if connection is None:
        raise AuthTimeout
    return connection


def _prove(frame: Authenticate, connection: Connection, chat: Chat) -> Proven:
    try:
        return prove(frame.data, connection.source, chat)
    except AuthRefusal:
        # The deadline is brought forward rather than the connection closed here, so that the
        # client still gets this reply.
        if count_failure(connection.connection_id) == MAX_FAILURES:
            chat.deferred().auth_deadline(connection.connection_id, 1)
        raise


def _open_session(connection: Connection, proven: Proven, ends_at: int) -> Session:
    session = Session(
        connection.connection_id,
        proven.user.user_id,
        proven.user.username,
        ends_at,
        connection.expires_at,
    )
    if not open_session(session):
        # Either the deadline took the connection away just now, or it is somebody else's.
        raise AlreadyAuthenticated if find_connection(session.connection_id) else AuthTimeout
    return session


def _check_was_followed(session: Session) -> None:
    """Let a session pass that the same client renewed meanwhile, not one that was ended."""
    connection = find_connection(session.connection_id)
    if connection is None:
        raise AuthTimeout
    latest = connection.session
    if latest is None or latest.user_id != session.user_id or latest.has_ended:
        raise InvalidToken
