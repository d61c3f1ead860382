"""What must follow after tables were restored to an earlier moment."""

from collections import Counter
from collections.abc import Iterator

from pynamodb.models import Model

from chat.protocol.ids import ConnectionId
from chat.storage.database import transaction
from chat.storage.tables import (
    ConnectionRow,
    ConversationRow,
    MembershipRow,
    MessageRow,
    RosterRow,
    SentRow,
    SessionRow,
    UserRow,
)

PASSING: tuple[type[Model], ...] = (RosterRow, SessionRow, ConnectionRow, SentRow)
"""What tells of a present that the restored tables know nothing of."""


def advance_sequences(by: int) -> int:
    """Move the numbering of every conversation on; how many those are.

    The numbers after the restored moment were given out once, and clients know messages by them.
    One mark stands for all that are skipped, so that no reader waits for messages under them.
    """
    conversations = 0
    for row in ConversationRow.scan(consistent_read=True):
        first, last = int(row.last_seq) + 1, int(row.last_seq) + by
        mark = MessageRow(row.conversation_id, last, unused=True, unused_from=first)
        with transaction() as writes:
            writes.save(mark)
            writes.update(row, actions=[ConversationRow.last_seq.set(last)])
        conversations += 1
    return conversations


def count_memberships() -> None:
    """Count again who is in what, since tables restored one by one may tell of different moments.

    To be called while nobody comes or goes.
    """
    keys = ["user_id", "conversation_id"]
    rows = list(MembershipRow.scan(consistent_read=True, attributes_to_get=keys))
    conversations = Counter(row.user_id for row in rows)
    members = Counter(row.conversation_id for row in rows)
    for user in UserRow.scan(consistent_read=True):
        user.update(actions=[UserRow.conversations.set(conversations[user.user_id])])
    for each in ConversationRow.scan(consistent_read=True):
        each.update(actions=[ConversationRow.member_count.set(members[each.conversation_id])])


def all_connections() -> Iterator[ConnectionId]:
    rows = ConnectionRow.scan(consistent_read=True, attributes_to_get=["connection_id"])
    return (ConnectionId(row.connection_id) for row in rows)


def purge_ephemeral_rows() -> None:
    """Delete every row about live connections, and of what was sent lately."""
    for model in PASSING:
        with model.batch_write() as batch:
            for row in model.scan(consistent_read=True):
                batch.delete(row)
