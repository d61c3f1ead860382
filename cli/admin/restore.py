"""What must follow after tables were restored to an earlier moment."""

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct
from pynamodb.models import Model

from chat.actions.services import Services
from chat.protocol.ids import ConnectionId, ConversationId
from chat.push.post import Outcome
from chat.storage.database import transaction
from chat.storage.roster_changes import put_slow_mode
from chat.storage.tables import (
    ChangeRow,
    ConnectionRow,
    ConversationRow,
    DeviceOwnerRow,
    DeviceRow,
    MembershipRow,
    MessageRow,
    NotifiedRow,
    RosterRow,
    SentRow,
    SessionRow,
    UserRow,
    WatcherRow,
)
from cli.admin.files import delete_lost_files

EPHEMERAL: tuple[type[Model], ...] = (
    *(RosterRow, SessionRow, ConnectionRow, SentRow, WatcherRow),
    *(DeviceRow, DeviceOwnerRow, NotifiedRow),
)
"""Rows about live connections and recent frames, which the restored tables know nothing of.

Of devices too: some were signed out since. Clients register theirs again.
"""


class Repaired(Struct, frozen=True):
    connections: int
    connections_closed: int
    conversations: int
    files_deleted: int


def repair(skip: int, services: Services) -> Repaired:
    """Make the tables agree after a restore.

    `skip` is more than the messages that any conversation lost. Closes every connection. Can be
    repeated if it was cut off.
    """
    push = services.push()
    outcomes = Counter(push.close_connection(each) for each in _all_connections())
    closed = outcomes[Outcome.DELIVERED] + outcomes[Outcome.GONE]
    _purge_ephemeral_rows()
    _count_memberships()
    conversations = _advance_sequences(skip)
    return Repaired(outcomes.total(), closed, conversations, delete_lost_files(services))


def _advance_sequences(by: int) -> int:
    """Move the numbering of every conversation on; return how many conversations there are.

    The numbers after the restored moment were used once, and clients know messages by them. One
    mark in each table stands for all that are skipped, so that no reader waits for them.
    """
    conversations = 0
    for row in ConversationRow.scan(consistent_read=True):
        first, last = int(row.last_seq) + 1, int(row.last_seq) + by
        with transaction() as writes:
            for model in (MessageRow, ChangeRow):
                writes.save(model(row.conversation_id, last, unused=True, unused_from=first))
            writes.update(row, actions=[ConversationRow.last_seq.set(last)])
            # Its mark on the roster is gone with the rows about connections.
            put_slow_mode(writes, ConversationId(row.conversation_id), int(row.slow_seconds or 0))
        conversations += 1
    return conversations


def _count_memberships() -> None:
    """Count the memberships again: tables that were restored one by one may differ in their moment.

    No member may join or leave meanwhile.
    """
    keys = ["user_id", "conversation_id"]
    rows = list(MembershipRow.scan(consistent_read=True, attributes_to_get=keys))
    conversations = Counter(row.user_id for row in rows)
    members = Counter(row.conversation_id for row in rows)
    for user in UserRow.scan(consistent_read=True):
        user.update(actions=[UserRow.conversations.set(conversations[user.user_id])])
    for each in ConversationRow.scan(consistent_read=True):
        each.update(actions=[ConversationRow.member_count.set(members[each.conversation_id])])


def _all_connections() -> Iterator[ConnectionId]:
    rows = ConnectionRow.scan(consistent_read=True, attributes_to_get=["connection_id"])
    return (ConnectionId(row.connection_id) for row in rows)


def _purge_ephemeral_rows() -> None:
    for model in EPHEMERAL:
        with model.batch_write() as batch:
            for row in model.scan(consistent_read=True):
                batch.delete(row)
