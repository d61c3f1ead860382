"""Changes: what takes a number of a conversation besides its messages.

A change is stored as a pointer, in one transaction with the state that it changes. No content is in
it, so that what is deleted is gone, and a reader who comes late gets each state once, as it is now.
"""

from collections.abc import Iterator
from itertools import repeat
from typing import Literal, cast

from msgspec import Struct, json
from pynamodb.transactions import TransactWrite

from chat.protocol.ids import ConnectionId, ConversationId, UserId, Username
from chat.protocol.server_conversations import Role
from chat.protocol.server_frames import Person
from chat.storage.numbered_rows import RowsRead, read_rows
from chat.storage.tables import ChangeRow

type ChangeKind = Literal[
    "edited",
    "deleted",
    "reacted",
    "members_added",
    "member_removed",
    "renamed",
    "pinned",
    "unpinned",
    "role",
    "muted",
    "unmuted",
    "slow_mode",
    "member_banned",
    "unbanned",
]


class Change(Struct, frozen=True, kw_only=True):
    """What happened, by whom and when, before it has a number."""

    conversation_id: ConversationId
    kind: ChangeKind
    by: Person
    at: int
    message_seq: int = 0
    """The number of the message that was changed or pinned; 0 if the change is about none."""
    members: list[Person] = []
    """The users who were added or removed, or the one with another role, mute or ban."""
    role: Role | None = None
    muted_until: int | None = None
    slow_seconds: int | None = None
    new_owner_id: UserId | None = None
    """Who is owner since the only other one left."""
    connection_id: ConnectionId | None = None
    """Where it came from, if it is not pushed to that connection later."""

    @property
    def is_of_message(self) -> bool:
        """Whether it changed a message, whose present state it is shown with."""
        return self.kind in {"edited", "deleted", "reacted"}


class ChangeSlot(Struct, frozen=True):
    """A number of a conversation and its change, or None if it will never have one.

    Without a change it stands for all numbers from `first` on.
    """

    seq: int
    change: Change | None
    first: int


class ChangesRead(Struct, frozen=True):
    """The changes found, and up to which number all of them were."""

    slots: list[ChangeSlot]
    covered: int


def put_change(writes: TransactWrite, change: Change, seq: int) -> None:
    """Within a transaction: store the pointer, unless a reader has sealed its number."""
    writes.save(change_row(change, seq), condition=ChangeRow.seq.does_not_exist())


def changes_after(
    conversation_id: ConversationId, seq: int, last_seq: int, size: int | None
) -> ChangesRead:
    """Go up from a number to another in one request, over so many rows or a megabyte."""
    if seq >= last_seq:
        return ChangesRead([], last_seq)
    [read] = _reads(conversation_id, seq, last_seq, iter([size]))
    slots = [change_slot(row) for row in read.rows]
    return ChangesRead(slots, last_seq if read.is_last else slots[-1].seq)


def all_changes_after(conversation_id: ConversationId, seq: int, last_seq: int) -> ChangesRead:
    """Go up from a number to another, in as many requests as it takes."""
    if seq >= last_seq:
        return ChangesRead([], last_seq)
    reads = _reads(conversation_id, seq, last_seq, repeat(None))
    return ChangesRead([change_slot(row) for read in reads for row in read.rows], last_seq)


def _reads(
    conversation_id: ConversationId, seq: int, last_seq: int, sizes: Iterator[int | None]
) -> Iterator[RowsRead[ChangeRow]]:
    between = ChangeRow.seq.between(seq + 1, last_seq)
    return read_rows(ChangeRow, conversation_id, between, sizes)


def change_row(change: Change, seq: int) -> ChangeRow:
    """Make the row of a change under its number."""
    return ChangeRow(
        change.conversation_id,
        seq,
        kind=change.kind,
        user_id=change.by.user_id or None,
        username=change.by.username or None,
        changed_at=change.at,
        message_seq=change.message_seq or None,
        members=json.encode(change.members).decode() if change.members else None,
        role=change.role,
        new_owner_id=change.new_owner_id,
        muted_until=change.muted_until,
        slow_seconds=change.slow_seconds,
        connection_id=change.connection_id,
    )


def change_slot(row: ChangeRow) -> ChangeSlot:
    """Read a row as what it says of a number."""
    if row.unused:
        return ChangeSlot(int(row.seq), None, int(row.unused_from or row.seq))
    change = Change(
        conversation_id=ConversationId(row.conversation_id),
        kind=cast("ChangeKind", row.kind),
        by=Person(UserId(row.user_id or ""), Username(row.username or "")),
        at=int(row.changed_at or 0),
        message_seq=int(row.message_seq or 0),
        members=json.decode(row.members, type=list[Person]) if row.members else [],
        role=cast("Role | None", row.role),
        new_owner_id=UserId(row.new_owner_id) if row.new_owner_id else None,
        muted_until=_whole(row.muted_until),
        slow_seconds=_whole(row.slow_seconds),
        connection_id=ConnectionId(row.connection_id) if row.connection_id else None,
    )
    return ChangeSlot(int(row.seq), change, int(row.seq))


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
