"""What has to follow once tables were brought back to an earlier moment; for an operator alone."""

from collections.abc import Iterator

from pynamodb.models import Model

from chat.protocol.ids import ConnectionId
from chat.storage.tables import ConnectionRow, ConversationRow, RosterRow, SentRow, SessionRow

PASSING: tuple[type[Model], ...] = (RosterRow, SessionRow, ConnectionRow, SentRow)
"""What tells of a present that the restored tables know nothing of."""


def skip_numbers(by: int) -> int:
    """Move the numbering of every conversation on; how many those are.

    The numbers after the restored moment were given out once, and clients know messages by them.
    """
    conversations = 0
    for row in ConversationRow.scan(consistent_read=True):
        row.update(actions=[ConversationRow.last_seq.add(by)])
        conversations += 1
    return conversations


def all_connections() -> Iterator[ConnectionId]:
    rows = ConnectionRow.scan(consistent_read=True, attributes_to_get=["connection_id"])
    return (ConnectionId(row.connection_id) for row in rows)


def forget_the_present() -> None:
    """Delete every row about live connections, and of what was sent lately."""
    for model in PASSING:
        with model.batch_write() as batch:
            for row in model.scan(consistent_read=True):
                batch.delete(row)
