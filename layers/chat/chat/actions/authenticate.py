from chat.actions.credentials import VerifiedUser, verify_credentials
from chat.actions.presence_looks import look_later, look_now
from chat.actions.rate_limits import consume
from chat.actions.services import Services
from chat.auth.tokens import Claims
from chat.protocol.client_frames import BATCH, Authenticate
from chat.protocol.encoding import rfc3339
from chat.protocol.errors import (
    AlreadyAuthenticated,
    AuthRefusal,
    AuthTimeout,
    Conflict,
    InvalidToken,
    ProtocolError,
    RateLimited,
    TooManyAttempts,
)
from chat.protocol.ids import ConnectionId
from chat.protocol.server_frames import AuthSuccess, AuthSuccessData
from chat.storage.connections import (
    Connection,
    Session,
    count_failure,
    end_latest_session,
    find_connection,
    forget_session,
    open_session,
    sessions_of,
)
from chat.storage.database import gather_two
from chat.storage.memberships import memberships_of
from chat.storage.presence import find_known
from chat.storage.roster_changes import add_session, delete_entries_of

ATTEMPTS = 5

MAX_FAILURES = 3
"""How often one connection may fail to authenticate before it is closed."""

RENEWED_BEFORE_MS = 60_000
"""How long before its end a session is renewed at the latest; later, it may end meanwhile, and its
place be taken. Longer than a function runs."""


def authenticate(
    frame: Authenticate, connection_id: ConnectionId, services: Services
) -> AuthSuccess:
    """Authenticate a connection, and put it on the rosters of all of its user's conversations.

    Connection and session are written before the memberships are read, so that a call that adds
    this user meanwhile either is seen here or sees the session. They are written before the user's
    connections are counted, too: of two that come to the last place at once, both may be refused,
    but never are both let in.
    """
    connection = _find_connection(connection_id, services)
    verified = _verify(frame, connection, services)
    session, is_renewal = _open_session(
        connection, verified, services, accepts_batches=BATCH in frame.data.accepts
    )
    user_id = session.user_id
    (memberships, known), refusal = gather_two(
        lambda: gather_two(
            lambda: list(memberships_of(user_id)), lambda: find_known(user_id, services.now_ms())
        ),
        lambda: _rejection_reason(session, verified, services, is_renewal=is_renewal),
    )
    if refusal:
        _rollback_session(session)
        look_later(known, services)
        raise refusal
    while not add_session(memberships, session):
        session = _latest_session(session)
    look_now(known, services)

    ends_at = session.session_ends_at // 1000 * 1000
    claims = Claims(session.user_id, session.username, verified.token_generation, ends_at)
    token = services.tokens().issue(claims, services.now_ms())
    return AuthSuccess(
        data=AuthSuccessData(
            session.user_id, session.username, token, rfc3339(ends_at), services.web_push_key()
        )
    )


def _find_connection(connection_id: ConnectionId, services: Services) -> Connection:
    try:
        connection = consume("authentications", connection_id, services)
    except RateLimited as refusal:
        raise TooManyAttempts(refusal.retry_after_seconds) from refusal
    if connection is None:
        raise AuthTimeout
    return connection


def _verify(frame: Authenticate, connection: Connection, services: Services) -> VerifiedUser:
    try:
        return verify_credentials(frame.data, connection.source, services)
    except AuthRefusal:
        # The deadline is brought forward rather than the connection closed here, so that the
        # client still gets this reply.
        if count_failure(connection.connection_id) == MAX_FAILURES:
            services.publisher().publish_auth_deadline(connection.connection_id, 1)
        raise


def _open_session(
    connection: Connection,
    verified: VerifiedUser,
    services: Services,
    *,
    accepts_batches: bool,
) -> tuple[Session, bool]:
    """Open a session; also return whether it follows a live one of the same connection."""
    former = connection.session
    is_live = former is not None and former.is_live(services.now_ms() + RENEWED_BEFORE_MS)
    session = _next_session(connection, verified, services, accepts_batches=accepts_batches)
    if is_live and open_session(session, former):
        return session, True
    # Another session may have taken its place, or it was ended: then this one counts as new.
    for _ in range(ATTEMPTS):
        if open_session(session):
            return session, False
        found = find_connection(session.connection_id)
        if found is None:
            raise AuthTimeout  # the deadline took it away just now
        if found.session and found.session.user_id != session.user_id:
            raise AlreadyAuthenticated
        session = _next_session(found, verified, services, accepts_batches=accepts_batches)
    raise Conflict("This connection is authenticating elsewhere. Try again.")


def _next_session(
    connection: Connection,
    verified: VerifiedUser,
    services: Services,
    *,
    accepts_batches: bool,
) -> Session:
    """Make a session that ends on a whole second, or just after the one before it."""
    ends_at = (services.now_ms() // 1000 + services.limits.session_seconds) * 1000
    former = connection.session
    return Session(
        connection.connection_id,
        verified.user.user_id,
        verified.user.username,
        max(ends_at, former.session_ends_at + 1) if former else ends_at,
        connection.expires_at,
        accepts_batches=accepts_batches,
    )


def _rejection_reason(
    session: Session, verified: VerifiedUser, services: Services, *, is_renewal: bool
) -> ProtocolError | None:
    """Say why the session just opened cannot stay. A renewed one needs no room."""
    is_still_valid, has_room = gather_two(
        verified.is_still_valid, lambda: is_renewal or _has_room(session, services)
    )
    if not is_still_valid:
        return InvalidToken()
    return None if has_room else Conflict("There are too many connections. Close another first.")


def _has_room(session: Session, services: Services) -> bool:
    live = sessions_of(session.user_id, services.now_ms())
    others = [each for each in live if each.connection_id != session.connection_id]
    return len(others) < services.limits.connections_per_user


def _rollback_session(session: Session) -> None:
    """End a session again, and take it off the rosters that it was put on meanwhile."""
    ended = end_latest_session(session)
    # Read only now that no more rows are put: somebody may have added the user.
    conversations = [each.conversation_id for each in memberships_of(session.user_id)]
    delete_entries_of(ended, conversations)
    forget_session(ended)


def _latest_session(session: Session) -> Session:
    """Find the session that the same client opened after this one.

    It may have stopped there, so its rows are put by the one who finds it.

    Raises:
        AuthTimeout: the connection is gone.
        InvalidToken: its session was ended.
    """
    connection = find_connection(session.connection_id)
    if connection is None:
        raise AuthTimeout
    if connection.session is None or connection.session.has_ended:
        raise InvalidToken
    return connection.session
