from chat.actions.chat import Chat
from chat.actions.proof import Proven, prove
from chat.actions.rates import count_a_minute
from chat.auth.tokens import Claims
from chat.protocol.client_frames import Authenticate
from chat.protocol.errors import (
    AlreadyAuthenticated,
    AuthRefusal,
    AuthTimeout,
    Conflict,
    InvalidToken,
    RateLimited,
    Refusal,
    TooManyAttempts,
)
from chat.protocol.ids import ConnectionId
from chat.protocol.server_frames import AuthSuccess, AuthSuccessData
from chat.protocol.times import rfc3339
from chat.storage.connections import (
    Connection,
    Session,
    count_failure,
    end_latest_session,
    find_connection,
    open_session,
    release_connection,
    sessions_of,
)
from chat.storage.database import both
from chat.storage.memberships import memberships_of
from chat.storage.roster import delete_entries_of, enter

MAX_FAILURES = 3
"""How often one connection may fail to authenticate before it is closed."""

RENEWED_BEFORE_MS = 60_000
"""How long before its end a session is renewed at the latest; later, it may end meanwhile, and its
place be taken. Longer than a function runs."""


def authenticate(frame: Authenticate, connection_id: ConnectionId, chat: Chat) -> AuthSuccess:
    """Make a connection a user's, and put it on the roster of every conversation of theirs.

    Connection and session are written before the memberships are read, so that whoever adds this
    user meanwhile either is seen here or sees the session. They are written before the user's
    connections are counted, too: of two that come to the last place at once, both may be refused,
    but never are both let in.
    """
    connection = _find_connection(connection_id, chat)
    proven = _prove(frame, connection, chat)
    now_ms = chat.now_ms()
    ends_at = (now_ms // 1000 + chat.limits.session_seconds) * 1000
    session, is_renewal = _open_session(connection, proven, ends_at, chat)
    conversations, refusal = both(
        lambda: [each.conversation_id for each in memberships_of(session.user_id)],
        lambda: _why_not(session, proven, chat, is_renewal=is_renewal),
    )
    if refusal:
        _take_back(session)
        raise refusal
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


def _open_session(
    connection: Connection, proven: Proven, ends_at: int, chat: Chat
) -> tuple[Session, bool]:
    """Open a session; whether it follows a live one of the same connection."""
    session = Session(
        connection.connection_id,
        proven.user.user_id,
        proven.user.username,
        ends_at,
        connection.expires_at,
    )
    former = connection.session
    is_live = former is not None and former.is_live(chat.now_ms() + RENEWED_BEFORE_MS)
    # Another session may have taken its place, or it was ended: then this one counts as new.
    if is_live and open_session(session, former):
        return session, True
    if not open_session(session):
        # Either the deadline took the connection away just now, or it is somebody else's.
        raise AlreadyAuthenticated if find_connection(session.connection_id) else AuthTimeout
    return session, False


def _why_not(session: Session, proven: Proven, chat: Chat, *, is_renewal: bool) -> Refusal | None:
    """Say why the session just opened cannot stay."""
    # Whoever is in stays in, also while others are just being refused.
    still_holds, has_room = both(proven.still_holds, lambda: is_renewal or _has_room(session, chat))
    if not still_holds:
        return InvalidToken()
    return None if has_room else Conflict("There are too many connections. Close another first.")


def _has_room(session: Session, chat: Chat) -> bool:
    live = sessions_of(session.user_id, chat.now_ms())
    others = [each for each in live if each.connection_id != session.connection_id]
    return len(others) < chat.limits.connections_per_user


def _take_back(session: Session) -> None:
    """End a session again, and take it off the rosters that it was put on meanwhile."""
    ended = end_latest_session(session)
    # Read only now that no more rows are put: somebody may have added the user.
    conversations = [each.conversation_id for each in memberships_of(session.user_id)]
    delete_entries_of(ended, conversations)
    release_connection(ended)


def _check_was_followed(session: Session) -> None:
    """Let a session pass that the same client renewed meanwhile, not one that was ended."""
    connection = find_connection(session.connection_id)
    if connection is None:
        raise AuthTimeout
    latest = connection.session
    if latest is None or latest.user_id != session.user_id or latest.has_ended:
        raise InvalidToken
