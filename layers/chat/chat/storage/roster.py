"""The roster: every live connection of every member of a conversation.

One strongly consistent Query of it says whether a connection may speak, whose it is, and who is to
be told. A removed member's tombstone lies beside the rows: while it does, none of that user's rows
counts, however late one was written.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import batched
from typing import Any, Literal

from msgspec import Struct
from pynamodb.exceptions import DeleteError, TransactWriteError, UpdateError
from pynamodb.expressions.operand import Path
from pynamodb.transactions import TransactWrite

from chat.protocol.ids import ConnectionId, ConversationId, UserId, Username
from chat.storage.connections import Session, hold_session
from chat.storage.database import (
    failed_condition,
    refused_conditions,
    table,
    together,
    transaction,
)
from chat.storage.expiry import connection_row_expires_at
from chat.storage.tables import RosterRow

_WRITTEN_AT_ONCE = 99  # beside the tombstone or session, in a transaction of 100 writes
_TOMBSTONE = "removed#"  # API Gateway's connection ids are base64, which has no '#'


type Spoken = Literal["messages", "typing", "receipts"]
"""What a connection sends into a conversation; each can be held back by itself."""

_HELD_UNTIL: dict[Spoken, str] = {
    "messages": "messages_held_until",
    "typing": "typing_held_until",
    "receipts": "receipts_held_until",
}


class Entry(Struct, frozen=True):
    """A live connection of a member, and until when what it sends is held back."""

    connection_id: ConnectionId
    user_id: UserId
    username: Username
    held_until: dict[Spoken, int] = {}


class Roster(Struct, frozen=True):
    """Who is live in a conversation, and whose rows no longer count since they were removed."""

    conversation_id: ConversationId
    entries: dict[ConnectionId, Entry]
    barred: list[Entry]

    def find(self, connection_id: ConnectionId) -> Entry | None:
        return self.entries.get(connection_id)

    def without(self, connection_id: ConnectionId) -> list[ConnectionId]:
        return [other for other in self.entries if other != connection_id]

    def of_others(self, user_id: UserId) -> list[ConnectionId]:
        return [each.connection_id for each in self.entries.values() if each.user_id != user_id]

    def of_user(self, user_id: UserId) -> list[ConnectionId]:
        return [each.connection_id for each in self.entries.values() if each.user_id == user_id]

    def online(self) -> set[UserId]:
        return {each.user_id for each in self.entries.values()}


def read_roster(conversation_id: ConversationId, now_ms: int) -> Roster:
    """Read who is live in a conversation: one Query, and one more for each further megabyte."""
    rows = _rows(conversation_id)
    removed = {
        row["connection_id"]["S"].removeprefix(_TOMBSTONE)
        for row in rows
        if row["connection_id"]["S"].startswith(_TOMBSTONE)
    }
    live = [_entry(row) for row in rows if _is_live(row, now_ms)]
    return Roster(
        conversation_id,
        {each.connection_id: each for each in live if each.user_id not in removed},
        [each for each in live if each.user_id in removed],
    )


def enter(conversation_ids: Iterable[ConversationId], session: Session) -> bool:
    """Put a connection on rosters, for as long as its session lasts.

    Returns False where the session has ended or was followed by another: then nobody is told
    anything for its sake, however late this is called.
    """
    for some in batched(conversation_ids, _WRITTEN_AT_ONCE, strict=False):
        try:
            with transaction() as writes:
                hold_session(writes, session)
                for each in some:
                    writes.save(_row(each, session))
        except TransactWriteError as error:
            if any(refused_conditions(error)):
                return False
            raise
    return True


def put_entries(conversation_ids: Iterable[ConversationId], sessions: Iterable[Session]) -> None:
    """Put every one of the sessions on every one of the rosters, 25 rows a request."""
    sessions = list(sessions)
    rows = [_row(each, session) for each in conversation_ids for session in sessions]
    if len(rows) == 1:
        rows[0].save()
    elif rows:
        with RosterRow.batch_write() as batch:
            for row in rows:
                batch.save(row)


def hold_back(
    conversation_id: ConversationId, connection_id: ConnectionId, what: Spoken, until_ms: int
) -> None:
    """Mark a connection's row, as far as it is there: of this it has sent too much.

    The mark goes with the row, so it does not outlive authenticating anew.
    """
    try:
        RosterRow(conversation_id, connection_id).update(
            actions=[Path(_HELD_UNTIL[what]).set(until_ms)],
            condition=RosterRow.connection_id.exists(),
        )
    except UpdateError as error:
        if not failed_condition(error):
            raise


def delete_entries(
    conversation_ids: Iterable[ConversationId], connection_ids: Iterable[ConnectionId]
) -> None:
    """Take every one of the connections off every one of the rosters."""
    gone = list(connection_ids)
    rows = [RosterRow(each, connection_id) for each in conversation_ids for connection_id in gone]
    if len(rows) == 1:
        rows[0].delete()
    elif rows:
        with RosterRow.batch_write() as batch:
            for row in rows:
                batch.delete(row)


def delete_entries_of(session: Session, conversation_ids: Iterable[ConversationId]) -> None:
    """Take the connection of a session that ended off rosters, as far as no later one is there."""
    together(*(partial(_delete_entry_of, session, each) for each in conversation_ids))


def bar(
    writes: TransactWrite, conversation_id: ConversationId, user_id: UserId, now_ms: int
) -> None:
    """Within a transaction: from its commit on, none of the user's rows counts."""
    writes.save(_tombstone(conversation_id, user_id, now_ms))


def unbar(writes: TransactWrite, conversation_id: ConversationId, user_id: UserId) -> None:
    """Within a transaction: from its commit on, the user's rows count again."""
    writes.delete(RosterRow(conversation_id, _TOMBSTONE + user_id))


def delete_barred(
    conversation_id: ConversationId,
    user_id: UserId,
    connection_ids: Sequence[ConnectionId],
    now_ms: int,
) -> None:
    """Take connections of a removed member off, unless the user was added again meanwhile."""
    is_barred = RosterRow.connection_id.exists()
    for some in batched(connection_ids, _WRITTEN_AT_ONCE, strict=False):
        try:
            with transaction() as writes:
                writes.save(_tombstone(conversation_id, user_id, now_ms), condition=is_barred)
                for connection_id in some:
                    writes.delete(RosterRow(conversation_id, connection_id))
        except TransactWriteError as error:
            if any(refused_conditions(error)):
                return
            raise


def _delete_entry_of(session: Session, conversation_id: ConversationId) -> None:
    # When a session was to end is forgotten once it has ended.
    is_its_own = None if session.has_ended else RosterRow.session_ends_at <= session.session_ends_at
    try:
        RosterRow(conversation_id, session.connection_id).delete(condition=is_its_own)
    except DeleteError as error:
        if not failed_condition(error):
            raise


def _tombstone(conversation_id: ConversationId, user_id: UserId, now_ms: int) -> RosterRow:
    return RosterRow(
        conversation_id,
        _TOMBSTONE + user_id,
        user_id=user_id,
        username="",
        session_ends_at=0,
        expires_at=connection_row_expires_at(now_ms),
    )


def _rows(conversation_id: ConversationId) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    start: dict[str, Any] | None = None
    while True:
        # Below PynamoDB's models: one object a row would double the CPU of a large room.
        page = table(RosterRow).query(
            conversation_id, consistent_read=True, exclusive_start_key=start
        )
        rows += page["Items"]
        start = page.get("LastEvaluatedKey")
        if not start:
            return rows


def _is_live(row: dict[str, Any], now_ms: int) -> bool:
    return int(row["session_ends_at"]["N"]) > now_ms and int(row["expires_at"]["N"]) * 1000 > now_ms


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(
        ConnectionId(row["connection_id"]["S"]),
        UserId(row["user_id"]["S"]),
        Username(row["username"]["S"]),
        {what: int(row[name]["N"]) for what, name in _HELD_UNTIL.items() if name in row},
    )


def _row(conversation_id: ConversationId, session: Session) -> RosterRow:
    return RosterRow(
        conversation_id,
        session.connection_id,
        user_id=session.user_id,
        username=session.username,
        session_ends_at=session.session_ends_at,
        expires_at=session.expires_at,
    )
