"""Writing the roster: what ties each row to its session and its membership."""

from collections.abc import Iterable
from functools import partial
from itertools import batched

from pynamodb.exceptions import DeleteError, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.transactions import TransactWrite

from chat.protocol.ids import ConnectionId, ConversationId, UserId
from chat.storage.connections import Session, assert_session
from chat.storage.database import failed_conditions, gather, is_condition_failure, transaction
from chat.storage.memberships import Membership
from chat.storage.roster import (
    SLOW_MODE,
    THROTTLED_UNTIL,
    MeteredEvent,
    Roster,
    mute_of,
    tombstone_of,
)
from chat.storage.tables import RosterRow
from chat.storage.ttl import connection_row_expires_at

_NEVER = 253_402_300_799  # the last second of the year 9999
_WRITTEN_AT_ONCE = 99  # beside the session, in a transaction of 100 writes


def add_session(memberships: Iterable[Membership], session: Session) -> bool:
    """Put a session's connection on rosters, for as long as the session lasts.

    Returns False if the session has ended or another one followed it: then no row is put for it,
    however late this is called.
    """
    for some in batched(memberships, _WRITTEN_AT_ONCE, strict=False):
        try:
            with transaction() as writes:
                assert_session(writes, session)
                for each in some:
                    put_entry(writes, each, session)
        except TransactWriteError as error:
            if any(failed_conditions(error)):
                return False
            raise
    return True


def put_entry(writes: TransactWrite, membership: Membership, session: Session) -> None:
    """Within a transaction that holds the session: put its connection on a roster."""
    writes.save(
        RosterRow(
            membership.conversation_id,
            session.connection_id,
            user_id=session.user_id,
            username=session.username,
            joined_at=membership.joined_at,
            session_ends_at=session.session_ends_at,
            expires_at=session.expires_at,
            muted_until=membership.muted_until or None,
            accepts_batches=session.accepts_batches or None,
        )
    )


def throttle(
    conversation_id: ConversationId, connection_id: ConnectionId, what: MeteredEvent, until_ms: int
) -> None:
    """Mark a connection's row, if there is one: until then nothing of this kind is accepted.

    The mark goes with the row, so authenticating again ends it.
    """
    try:
        RosterRow(conversation_id, connection_id).update(
            actions=[Path(THROTTLED_UNTIL[what]).set(until_ms)],
            condition=RosterRow.connection_id.exists(),
        )
    except UpdateError as error:
        if not is_condition_failure(error):
            raise


def delete_entries(
    conversation_ids: Iterable[ConversationId], connection_ids: Iterable[ConnectionId]
) -> None:
    """Delete the rows of the connections from all of the rosters."""
    gone = list(connection_ids)
    rows = [RosterRow(each, connection_id) for each in conversation_ids for connection_id in gone]
    if len(rows) == 1:
        rows[0].delete()
    elif rows:
        with RosterRow.batch_write() as batch:
            for row in rows:
                batch.delete(row)


def delete_entries_of(session: Session, conversation_ids: Iterable[ConversationId]) -> None:
    """Delete the rows of a session that ended, unless a later session put them there."""
    is_its_own = RosterRow.session_ends_at <= session.session_ends_at
    gather(
        *(partial(_delete_if, each, session.connection_id, is_its_own) for each in conversation_ids)
    )


def delete_tombstoned(roster: Roster, user_id: UserId) -> None:
    """Delete the rows of a removed member, unless a later membership put them there."""
    connections = roster.tombstoned_of(user_id)
    if connections:
        is_former = RosterRow.joined_at <= roster.ended[user_id]
        conversation_id = roster.conversation_id
        gather(*(partial(_delete_if, conversation_id, each, is_former) for each in connections))


def put_tombstone(writes: TransactWrite, ended: Membership, now_ms: int) -> None:
    """Within a transaction: from its commit on, no row of this membership counts."""
    writes.save(
        RosterRow(
            ended.conversation_id,
            tombstone_of(ended.user_id),
            user_id=ended.user_id,
            username="",
            joined_at=ended.joined_at,
            session_ends_at=0,
            expires_at=connection_row_expires_at(now_ms),
        )
    )


def put_mute(writes: TransactWrite, member: Membership, until_ms: int, now_ms: int) -> None:
    """Within a transaction: from its commit on, every row of this membership is muted so long.

    Rows that are put later by a function that has read the membership afterwards say the same.
    """
    writes.save(
        RosterRow(
            member.conversation_id,
            mute_of(member.user_id),
            user_id=member.user_id,
            username="",
            joined_at=member.joined_at,
            session_ends_at=0,
            expires_at=connection_row_expires_at(now_ms),
            muted_until=until_ms,
        )
    )


def put_slow_mode(
    writes: TransactWrite, conversation_id: ConversationId, slow_seconds: int
) -> None:
    """Within a transaction: from its commit on, members wait so long between two messages."""
    row = RosterRow(
        conversation_id,
        SLOW_MODE,
        user_id="",
        username="",
        session_ends_at=0,
        expires_at=_NEVER,
        slow_seconds=slow_seconds,
    )
    if slow_seconds:
        writes.save(row)
    else:
        writes.delete(row)


def require_no_tombstone(writes: TransactWrite, membership: Membership) -> None:
    """Within a transaction: it commits only if rows of this membership will count."""
    joined_at = RosterRow.joined_at
    writes.condition_check(
        RosterRow,
        membership.conversation_id,
        tombstone_of(membership.user_id),
        condition=joined_at.does_not_exist() | (joined_at < membership.joined_at),
    )


def _delete_if(
    conversation_id: ConversationId, connection_id: ConnectionId, condition: Condition
) -> None:
    try:
        RosterRow(conversation_id, connection_id).delete(condition=condition)
    except DeleteError as error:
        if not is_condition_failure(error):
            raise
