"""Watches: which connections watch a user's presence, and whom a connection watches.

A watch is a row under the watched user, so that one Query finds all of them. It says for which
session and for which two memberships it was put. Whether it counts is decided by the roster, on
which an ended session or membership is missing: so nothing has to be deleted when one ends. What a
connection watches in a conversation is listed under the connection.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from pynamodb.exceptions import DeleteError

from chat.protocol.ids import ConnectionId, ConversationId, UserId
from chat.storage.connections import Session
from chat.storage.database import gather, is_condition_failure, table
from chat.storage.memberships import Membership
from chat.storage.roster import Roster
from chat.storage.tables import WatcherRow

MAX_WATCHES = 100
"""How many users one connection may watch, each counted once in each conversation."""

MAX_WATCHERS = 1_000
"""How many connections get what happens to one user."""

# User ids have no '#', and neither have connection ids.
_MARK = "#"
KNOWN = _MARK
"""The row of what the watchers of a user know, among those who watch the user."""


class Watch(Struct, frozen=True):
    """A connection that watches a user in a conversation."""

    watched: UserId
    conversation_id: ConversationId
    connection_id: ConnectionId
    user_id: UserId
    joined_at: int
    watched_joined_at: int
    session_ends_at: int

    def has_ended(self, roster: Roster) -> bool:
        """Tell whether the session or one of the memberships that it was put for has ended."""
        return (
            roster.find(self.connection_id) is None
            or roster.ended.get(self.user_id, -1) >= self.joined_at
            or roster.ended.get(self.watched, -1) >= self.watched_joined_at
        )


def put_watches(session: Session, own: Membership, watched: Sequence[Membership]) -> bool:
    """Have a connection watch these members of a conversation, and no others of it.

    Returns False, and leaves the watches as they were, if the connection would watch too many. The
    list is written before it is counted: of two that come to the last place at once, both may be
    refused, but never are both let in.
    """
    conversation_id = own.conversation_id
    user_ids = {each.user_id for each in watched}
    former = _put_list(session, conversation_id, user_ids)
    if user_ids and sum(map(len, lists_of(session.connection_id).values())) > MAX_WATCHES:
        _put_list(session, conversation_id, former)
        return False
    with WatcherRow.batch_write() as batch:
        for each in watched:
            batch.save(_row(session, own, each))
        for user_id in former - user_ids:
            batch.delete(WatcherRow(user_id, _key(conversation_id, session.connection_id)))
    return True


def lists_of(connection_id: ConnectionId) -> dict[ConversationId, set[UserId]]:
    """Find whom a connection watches, by conversation."""
    rows = WatcherRow.query(_MARK + connection_id, consistent_read=True)
    return {ConversationId(row.watcher): set(map(UserId, row.user_ids or ())) for row in rows}


def delete_watches_of(connection_id: ConnectionId) -> None:
    """End all watches of a connection."""
    lists = lists_of(connection_id)
    if not lists:
        return
    with WatcherRow.batch_write() as batch:
        for conversation_id, user_ids in lists.items():
            for user_id in user_ids:
                batch.delete(WatcherRow(user_id, _key(conversation_id, connection_id)))
    # Last: if this is cut off, it can be done again.
    with WatcherRow.batch_write() as batch:
        for conversation_id in lists:
            batch.delete(WatcherRow(_MARK + connection_id, conversation_id))


def watches_of(user_id: UserId, now_ms: int) -> list[Watch]:
    """Find up to 1,000 watches of a user; those whose session has ended may be among them."""
    watches: list[Watch] = []
    start: dict[str, Any] | None = None
    while len(watches) < MAX_WATCHERS:
        page = table(WatcherRow).query(
            user_id, consistent_read=True, exclusive_start_key=start, limit=MAX_WATCHERS
        )
        watches += [
            _watch(row)
            for row in page["Items"]
            if row["watcher"]["S"] != KNOWN and int(row["expires_at"]["N"]) * 1000 > now_ms
        ]
        start = page.get("LastEvaluatedKey")
        if not start:
            break
    return watches[:MAX_WATCHERS]


def delete_watches(watches: Iterable[Watch]) -> None:
    """Delete watches, unless the same connection watches the user again."""
    gather(*(partial(_delete, each) for each in watches))


def _delete(watch: Watch) -> None:
    is_it = (WatcherRow.session_ends_at == watch.session_ends_at) & (
        (WatcherRow.joined_at == watch.joined_at)
        & (WatcherRow.watched_joined_at == watch.watched_joined_at)
    )
    try:
        WatcherRow(watch.watched, _key(watch.conversation_id, watch.connection_id)).delete(
            condition=is_it
        )
    except DeleteError as error:
        if not is_condition_failure(error):
            raise


def _put_list(
    session: Session, conversation_id: ConversationId, user_ids: set[UserId]
) -> set[UserId]:
    """Put the list of a connection and a conversation; return the one before."""
    hash_key = _MARK + session.connection_id
    if user_ids:
        actions = [
            WatcherRow.user_ids.set(set(user_ids)),
            WatcherRow.expires_at.set(session.expires_at),
        ]
        answer = table(WatcherRow).update_item(
            hash_key, conversation_id, actions=actions, return_values="ALL_OLD"
        )
    else:
        answer = table(WatcherRow).delete_item(hash_key, conversation_id, return_values="ALL_OLD")
    former = answer.get("Attributes", {}).get("user_ids", {"SS": []})
    return set(map(UserId, former["SS"]))


def _row(session: Session, own: Membership, watched: Membership) -> WatcherRow:
    return WatcherRow(
        watched.user_id,
        _key(own.conversation_id, session.connection_id),
        user_id=own.user_id,
        joined_at=own.joined_at,
        watched_joined_at=watched.joined_at,
        session_ends_at=session.session_ends_at,
        expires_at=session.expires_at,
    )


def _watch(row: dict[str, Any]) -> Watch:
    conversation_id, _, connection_id = row["watcher"]["S"].rpartition(_MARK)
    return Watch(
        UserId(row["watched"]["S"]),
        ConversationId(conversation_id),
        ConnectionId(connection_id),
        UserId(row["user_id"]["S"]),
        int(row["joined_at"]["N"]),
        int(row["watched_joined_at"]["N"]),
        int(row["session_ends_at"]["N"]),
    )


def _key(conversation_id: ConversationId, connection_id: ConnectionId) -> str:
    return f"{conversation_id}{_MARK}{connection_id}"
