"""The roster: every live connection of every member of a conversation.

One strongly consistent Query of it says whether a connection may send, whose it is, and to which
connections to push. Each row names the membership that it was put for, by the time at which that
began. A removed member's tombstone beside the rows names the membership that ended: no row of that
membership or of an earlier one counts, however late it was written, not even once the user is a
member again. In the same way a mute's mark overrides what the rows of the membership say, so a row
that was written by a function that did not know of the mute counts as muted. Tombstones and mutes'
marks expire once no row can be left that needs them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace
from pynamodb.expressions.condition import Condition

from chat.protocol.ids import ConnectionId, ConversationId, UserId, Username
from chat.storage.database import gather_two, table
from chat.storage.tables import RosterRow

# API Gateway's connection ids are base64, which has no '#'.
_MARK = "#"
_TOMBSTONE = "removed#"
_MUTE = "muted#"
SLOW_MODE = "slow#"
"""The mark of a conversation in slow mode, among the rows of its roster."""

BATCHES = "#batches"
"""The row of a big room's wakes (`storage/wakes.py`), which sorts before all connections."""

FIRST_ROWS = 501
"""How much of a roster shows whether it is known to be a big room's."""

type _Row = dict[str, Any]
type _Key = dict[str, Any]

type MeteredEvent = Literal["messages", "typing", "receipts"]
"""What a connection sends into a conversation; each is throttled by itself."""

THROTTLED_UNTIL: dict[MeteredEvent, str] = {
    "messages": "messages_throttled_until",
    "typing": "typing_throttled_until",
    "receipts": "receipts_throttled_until",
}


class Entry(Struct, frozen=True):
    """A live connection of a member, and until when what it sends is throttled or muted."""

    connection_id: ConnectionId
    user_id: UserId
    username: Username
    throttled_until: dict[MeteredEvent, int] = {}
    muted_until: int = 0
    accepts_batches: bool = False


class Roster(Struct, frozen=True):
    """The live connections of a conversation, and the members removed recently."""

    conversation_id: ConversationId
    entries: dict[ConnectionId, Entry]
    tombstoned: list[Entry]
    ended: dict[UserId, int]
    """When the last membership of each recently removed user began, in milliseconds."""
    is_whole: bool = True
    """Whether all rows were read."""
    slow_seconds: int = 0
    """How long members wait between two messages; 0 is not at all."""
    is_batched: bool = False
    """Whether the last wake found that the room is big."""

    def find(self, connection_id: ConnectionId) -> Entry | None:
        return self.entries.get(connection_id)

    def without(self, connection_id: ConnectionId | None) -> list[ConnectionId]:
        return [other for other in self.entries if other != connection_id]

    def of_others(self, user_id: UserId) -> list[ConnectionId]:
        return [each.connection_id for each in self.entries.values() if each.user_id != user_id]

    def tombstoned_of(self, user_id: UserId) -> list[ConnectionId]:
        return [each.connection_id for each in self.tombstoned if each.user_id == user_id]

    def online(self) -> set[UserId]:
        return {each.user_id for each in self.entries.values()}


def tombstone_of(user_id: UserId) -> str:
    """Name the tombstone of a user among the rows of a roster."""
    return _TOMBSTONE + user_id


def mute_of(user_id: UserId) -> str:
    """Name the mark of a user's mute among the rows of a roster."""
    return _MUTE + user_id


def read_roster(conversation_id: ConversationId, now_ms: int, at_most: int | None = None) -> Roster:
    """Read who is live in a conversation: one Query, and one more for each further megabyte.

    With `at_most`, reading stops once more than so many rows are known to count. Rows that do not
    count are made up for once, so that a few of them neither make a conversation big nor double
    what is read. A roster that is not whole may lack a live connection.
    """
    if at_most is None:
        return _roster(conversation_id, _all_rows(conversation_id), now_ms)
    rows: list[_Row] = []
    start: _Key | None = None
    missing = at_most + 1
    for _ in range(2):
        page, start = _page(conversation_id, start, limit=missing)
        rows += page
        roster = _roster(conversation_id, rows, now_ms)
        missing = at_most + 1 - len(roster.entries)
        if not start or missing <= 0:
            break
    return replace(roster, is_whole=not start and missing > 0)


def read_roster_for_message(
    conversation_id: ConversationId, connection_id: ConnectionId, now_ms: int
) -> Roster:
    """Read who is live in a conversation; of a batched room only what is about one connection."""
    rows, start = _page(conversation_id, None, limit=FIRST_ROWS)
    is_batched = any(_is_of_batched_room(row, now_ms) for row in rows)
    if start and is_batched:
        rows = _own_rows(conversation_id, connection_id)
    while start and not is_batched:
        page, start = _page(conversation_id, start)
        rows += page
    roster = _roster(conversation_id, rows, now_ms)
    return replace(roster, is_batched=is_batched, is_whole=not start)


def find_entry(
    conversation_id: ConversationId, connection_id: ConnectionId, now_ms: int
) -> Entry | None:
    """Find one connection on a roster of any size: at most two requests.

    Whether it is muted is not said: in a room that is so big nothing is relayed by this.
    """
    row = _get(conversation_id, connection_id)
    if row is None or not _is_live(row, now_ms):
        return None
    entry = _entry(row)
    tombstone = _get(conversation_id, tombstone_of(entry.user_id))
    return None if tombstone and _joined_at(row) <= _joined_at(tombstone) else entry


def counting_among(
    conversation_id: ConversationId, connection_ids: Sequence[ConnectionId], now_ms: int
) -> list[Entry]:
    """Find which of some connections count on a roster now, reading only the rows between them."""
    if not connection_ids:
        return []
    between = RosterRow.connection_id.between(min(connection_ids), max(connection_ids))
    rows, tombstones = gather_two(
        lambda: _all_rows(conversation_id, between), lambda: _tombstones(conversation_id)
    )
    counting = _roster(conversation_id, [*rows, *tombstones], now_ms).entries
    return [counting[each] for each in connection_ids if each in counting]


def connections_on(conversation_id: ConversationId) -> list[ConnectionId]:
    """List the connections on a roster in order, whether or not they count."""
    rows, start = _page(conversation_id, None, attributes=["connection_id"])
    while start:
        page, start = _page(conversation_id, start, attributes=["connection_id"])
        rows += page
    ids = (row["connection_id"]["S"] for row in rows)
    return [ConnectionId(each) for each in ids if _MARK not in each]


def ended_memberships(conversation_id: ConversationId) -> dict[UserId, int]:
    """Return when the last membership of each recently removed user began, in milliseconds."""
    return _ended(_tombstones(conversation_id))


def _roster(conversation_id: ConversationId, rows: Sequence[_Row], now_ms: int) -> Roster:
    marks = [row for row in rows if _MARK in row["connection_id"]["S"]]
    ended, mutes = _ended(marks), _mutes(marks, now_ms)
    entries: dict[ConnectionId, Entry] = {}
    tombstoned = []
    for row in rows:
        if not _is_live(row, now_ms):
            continue
        entry = _entry(row)
        if entry.user_id in ended and _joined_at(row) <= ended[entry.user_id]:
            tombstoned.append(entry)
        else:
            entries[entry.connection_id] = _muted(entry, row, mutes)
    slow_seconds = _slow_seconds(marks)
    return Roster(conversation_id, entries, tombstoned, ended, slow_seconds=slow_seconds)


def _mutes(marks: Iterable[_Row], now_ms: int) -> dict[UserId, _Row]:
    return {
        UserId(row["user_id"]["S"]): row
        for row in marks
        if row["connection_id"]["S"].startswith(_MUTE)
        and int(row["expires_at"]["N"]) * 1000 > now_ms
    }


def _muted(entry: Entry, row: _Row, mutes: Mapping[UserId, _Row]) -> Entry:
    """Apply the mark of a mute of the same membership or a later one."""
    mark = mutes.get(entry.user_id)
    if mark is None or _joined_at(row) > _joined_at(mark):
        return entry
    return replace(entry, muted_until=_muted_until(mark))


def _slow_seconds(marks: Iterable[_Row]) -> int:
    found = (row for row in marks if row["connection_id"]["S"] == SLOW_MODE)
    return next((int(row["slow_seconds"]["N"]) for row in found), 0)


def _ended(rows: Iterable[_Row]) -> dict[UserId, int]:
    return {
        UserId(row["user_id"]["S"]): _joined_at(row)
        for row in rows
        if row["connection_id"]["S"].startswith(_TOMBSTONE)
    }


def _tombstones(conversation_id: ConversationId) -> list[_Row]:
    return _all_rows(conversation_id, RosterRow.connection_id.startswith(_TOMBSTONE))


def _all_rows(conversation_id: ConversationId, condition: Condition | None = None) -> list[_Row]:
    rows, start = _page(conversation_id, None, condition)
    while start:
        page, start = _page(conversation_id, start, condition)
        rows += page
    return rows


def _page(
    conversation_id: ConversationId,
    start: _Key | None,
    condition: Condition | None = None,
    limit: int | None = None,
    attributes: Sequence[str] | None = None,
) -> tuple[list[_Row], _Key | None]:
    # Without PynamoDB's models: one object a row would double the CPU of a large room.
    page = table(RosterRow).query(
        conversation_id,
        condition,
        consistent_read=True,
        exclusive_start_key=start,
        limit=limit,
        attributes_to_get=attributes,
    )
    return page["Items"], page.get("LastEvaluatedKey")


def _get(conversation_id: ConversationId, connection_id: str) -> _Row | None:
    found = table(RosterRow).get_item(conversation_id, connection_id, consistent_read=True)
    row: _Row | None = found.get("Item")
    return row


def _own_rows(conversation_id: ConversationId, connection_id: ConnectionId) -> list[_Row]:
    """Read a connection's row and the marks that are about it, in two round trips."""
    own, slow = gather_two(
        lambda: _get(conversation_id, connection_id), lambda: _get(conversation_id, SLOW_MODE)
    )
    if own is None:
        return [slow] if slow else []
    user_id = UserId(own["user_id"]["S"])
    tombstone, mute = gather_two(
        lambda: _get(conversation_id, tombstone_of(user_id)),
        lambda: _get(conversation_id, mute_of(user_id)),
    )
    return [row for row in (own, slow, tombstone, mute) if row]


def _is_of_batched_room(row: _Row, now_ms: int) -> bool:
    is_it = row["connection_id"]["S"] == BATCHES and "batched_until" in row
    return is_it and int(row["batched_until"]["N"]) > now_ms


def _is_live(row: _Row, now_ms: int) -> bool:
    return int(row["session_ends_at"]["N"]) > now_ms and int(row["expires_at"]["N"]) * 1000 > now_ms


def _joined_at(row: _Row) -> int:
    # Rows of version 0.1 have none.
    return int(row["joined_at"]["N"]) if "joined_at" in row else 0


def _muted_until(row: _Row) -> int:
    return int(row["muted_until"]["N"]) if "muted_until" in row else 0


def _entry(row: _Row) -> Entry:
    return Entry(
        ConnectionId(row["connection_id"]["S"]),
        UserId(row["user_id"]["S"]),
        Username(row["username"]["S"]),
        {what: int(row[name]["N"]) for what, name in THROTTLED_UNTIL.items() if name in row},
        _muted_until(row),
        "accepts_batches" in row,
    )
