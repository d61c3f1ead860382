"""Connections and, once they are authenticated, the sessions they belong to."""

from msgspec import Struct
from msgspec.structs import replace
from pynamodb.exceptions import DeleteError, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chat.protocol.ids import ConnectionId, UserId, Username
from chat.storage.database import failed_conditions, is_condition_failure, table, transaction
from chat.storage.tables import ConnectionRow, SessionRow
from chat.storage.ttl import connection_row_expires_at

FORMER_PERIODS = 10
"""Enough that a connection, which lives two hours, keeps a dozen counts of a minute at most."""


class Session(Struct, frozen=True):
    """One authenticated connection of a user.

    No two sessions of a connection end at the same millisecond, so the end tells them apart.
    """

    connection_id: ConnectionId
    user_id: UserId
    username: Username
    session_ends_at: int
    expires_at: int
    has_ended: bool = False
    """Whether it was ended before its time."""
    accepts_batches: bool = False
    """Whether the client takes several frames in one (`batch`)."""
    is_operator: bool = False
    """Whether neither membership nor role is a condition; of no session that is stored."""

    def is_live(self, now_ms: int) -> bool:
        ends_at = min(self.session_ends_at, self.expires_at * 1000)
        return not self.has_ended and ends_at > now_ms


class Connection(Struct, frozen=True):
    """An open WebSocket, with its latest session once it is authenticated."""

    connection_id: ConnectionId
    source: str
    connected_at: int
    expires_at: int
    session: Session | None


def put_connection(connection_id: ConnectionId, source: str, now_ms: int) -> None:
    ConnectionRow(
        connection_id,
        connected_at=now_ms,
        source=source,
        expires_at=connection_row_expires_at(now_ms),
    ).save()


def find_connection(connection_id: ConnectionId) -> Connection | None:
    try:
        row = ConnectionRow.get(connection_id, consistent_read=True)
    except ConnectionRow.DoesNotExist:
        return None
    return _connection(row)


def increment_rate_counter(
    connection_id: ConnectionId, what: str, period: int
) -> tuple[Connection | None, int]:
    """Find a connection and count one more of something in a period, in one request.

    Returns the connection and how often it was counted in this period, this time included. Counts
    are exact however many frames of the connection are handled at once; those of the ten periods
    before are dropped.
    """
    count = f"{what}_in_{period}"
    former = [f"{what}_in_{period - ago}" for ago in range(1, FORMER_PERIODS + 1)]
    try:
        answer = table(ConnectionRow).update_item(
            connection_id,
            actions=[Path(count).add(1), *(Path(each).remove() for each in former)],
            condition=ConnectionRow.connection_id.exists(),
            return_values="ALL_NEW",
        )
    except UpdateError as error:
        if is_condition_failure(error):
            return None, 0
        raise
    attributes = answer["Attributes"]
    return _connection(ConnectionRow.from_raw_data(attributes)), int(attributes[count]["N"])


def count_failure(connection_id: ConnectionId) -> int:
    """Count one more failure of a connection to authenticate; return how many there were."""
    try:
        answer = table(ConnectionRow).update_item(
            connection_id,
            actions=[Path("failures").add(1)],
            condition=ConnectionRow.connection_id.exists(),
            return_values="UPDATED_NEW",
        )
    except UpdateError as error:
        if is_condition_failure(error):
            return 0
        raise
    return int(answer["Attributes"]["failures"]["N"])


def open_session(session: Session, former: Session | None = None) -> bool:
    """Make the connection the user's, in both tables at once.

    Returns False, and changes nothing, if the connection is gone or another user's, if it has had a
    session that ends as late, or if `former` is given and is not the connection's session.
    """
    row = ConnectionRow(session.connection_id)
    ends_at = ConnectionRow.session_ends_at
    is_theirs = ConnectionRow.user_id.does_not_exist() | (ConnectionRow.user_id == session.user_id)
    is_free = is_theirs & (ends_at.does_not_exist() | (ends_at < session.session_ends_at))
    if former:
        is_free &= _is_of_connection(former)
    try:
        with transaction() as writes:
            writes.update(
                row,
                actions=[
                    ConnectionRow.user_id.set(session.user_id),
                    ConnectionRow.username.set(session.username),
                    ConnectionRow.session_ends_at.set(session.session_ends_at),
                    _accepts_batches(session),
                    ConnectionRow.has_ended.remove(),
                ],
                condition=ConnectionRow.connection_id.exists() & is_free,
            )
            writes.save(_session_row(session))
    except TransactWriteError as error:
        if any(failed_conditions(error)):
            return False
        raise
    return True


def assert_session(writes: TransactWrite, session: Session) -> None:
    """Within a transaction: it commits only while this is the session of its connection."""
    # An update that changes nothing: every function that needs this may update connections.
    writes.update(
        ConnectionRow(session.connection_id),
        actions=[ConnectionRow.session_ends_at.set(session.session_ends_at)],
        condition=_is_of_connection(session),
    )


def end_session(session: Session) -> bool:
    """End a session: from then on no transaction that asserts it commits.

    It stays among the user's sessions until `forget_session`, so that a caller who died half-way
    finds what is left to do. Returns False if this is not the session of its connection.
    """
    try:
        with transaction() as writes:
            writes.save(_session_row(replace(session, has_ended=True)))
            writes.update(
                ConnectionRow(session.connection_id),
                actions=[ConnectionRow.has_ended.set(True)],
                condition=_is_of_connection(session),
            )
    except TransactWriteError as error:
        if any(failed_conditions(error)):
            return False
        raise
    return True


def end_latest_session(session: Session) -> Session:
    """End the session of a connection, which may have followed the given one.

    Returns the session that ended, or the last one that is known of a connection that is gone.
    """
    while not session.has_ended and not end_session(session):
        connection = find_connection(session.connection_id)
        if connection is None or connection.session is None:
            break
        session = connection.session
    return session


def forget_session(session: Session) -> None:
    """Forget a session that ended, once nothing is left to do for it."""
    is_it = SessionRow.session_ends_at == session.session_ends_at
    try:
        SessionRow(session.user_id, session.connection_id).delete(
            condition=is_it & SessionRow.has_ended.exists()
        )
    except DeleteError as error:
        if not is_condition_failure(error):
            raise


def sessions_of(user_id: UserId, now_ms: int) -> list[Session]:
    """List a user's live sessions, seeing every one opened before this call."""
    return [each for each in _sessions(user_id) if each.is_live(now_ms)]


def is_online(user_id: UserId, now_ms: int) -> bool:
    """Tell whether a user has a live session."""
    return bool(sessions_of(user_id, now_ms))


def sessions_to_end(user_id: UserId, now_ms: int) -> list[Session]:
    """List a user's live sessions and those that ended and are not forgotten yet."""
    return [each for each in _sessions(user_id) if each.has_ended or each.is_live(now_ms)]


def delete_connection(connection_id: ConnectionId, user_id: UserId | None) -> None:
    """Forget a connection and its session, as far as either is there."""
    ConnectionRow(connection_id).delete()
    if user_id:
        SessionRow(user_id, connection_id).delete()


def delete_unauthenticated(connection_id: ConnectionId) -> bool:
    """Forget a connection unless a user is authenticated on it; False if one is.

    From then on `open_session` refuses it, so that closing it cannot cut off a fresh session. True
    for a connection that was forgotten before: the function that did so may not have closed it.
    """
    is_nobodys = ConnectionRow.user_id.does_not_exist() | ConnectionRow.has_ended.exists()
    try:
        ConnectionRow(connection_id).delete(condition=is_nobodys)
    except DeleteError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def _is_of_connection(session: Session) -> Condition:
    is_it: Condition = (
        (ConnectionRow.user_id == session.user_id)
        & (ConnectionRow.session_ends_at == session.session_ends_at)
        & ConnectionRow.has_ended.does_not_exist()
    )
    return is_it


def _sessions(user_id: UserId) -> list[Session]:
    return [_session(row) for row in SessionRow.query(user_id, consistent_read=True)]


def _connection(row: ConnectionRow) -> Connection:
    session = None
    if row.user_id and row.username:
        session = Session(
            ConnectionId(row.connection_id),
            UserId(row.user_id),
            Username(row.username),
            int(row.session_ends_at or 0),
            int(row.expires_at),
            bool(row.has_ended),
            bool(row.accepts_batches),
        )
    return Connection(
        ConnectionId(row.connection_id),
        row.source,
        int(row.connected_at),
        int(row.expires_at),
        session,
    )


def _session(row: SessionRow) -> Session:
    return Session(
        ConnectionId(row.connection_id),
        UserId(row.user_id),
        Username(row.username),
        int(row.session_ends_at),
        int(row.expires_at),
        bool(row.has_ended),
        bool(row.accepts_batches),
    )


def _accepts_batches(session: Session) -> Action:
    accepts = ConnectionRow.accepts_batches
    return accepts.set(True) if session.accepts_batches else accepts.remove()


def _session_row(session: Session) -> SessionRow:
    return SessionRow(
        session.user_id,
        session.connection_id,
        username=session.username,
        session_ends_at=session.session_ends_at,
        accepts_batches=session.accepts_batches or None,
        has_ended=session.has_ended or None,
        expires_at=session.expires_at,
    )
