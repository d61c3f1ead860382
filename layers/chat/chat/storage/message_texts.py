"""Reading what the messages of a conversation say, and no more of them.

DynamoDB counts and bounds what a request reads by whole rows, so these requests cost what others
cost. But a function gets, decodes and keeps only a part of each row.
"""

from msgspec import Struct

from chat.protocol.ids import ConversationId
from chat.storage.database import table
from chat.storage.tables import MessageRow


class TextsRead(Struct, frozen=True):
    """What one request read, newest first.

    Attributes:
        texts: numbers of messages, and what these say. A deleted message is not among them.
        lowest: all numbers from it on were read.
        newest_version: the number of the last edit or deletion of any of them.
    """

    texts: list[tuple[int, str]]
    lowest: int
    newest_version: int


def texts_between(
    conversation_id: ConversationId, first: int, before: int, *, is_consistent: bool
) -> TextsRead:
    """Go down from a number to another in one request, which ends after a megabyte of rows.

    Without `is_consistent` it costs half, and may see the rows as they were a moment ago.
    """
    if before <= first:
        return TextsRead([], first, 0)
    page = table(MessageRow).query(
        conversation_id,
        MessageRow.seq.between(first, before - 1),
        consistent_read=is_consistent,
        scan_index_forward=False,
        attributes_to_get=["seq", "content", "version"],
    )
    last = page.get("LastEvaluatedKey")
    rows = page["Items"]
    return TextsRead(
        [(int(row["seq"]["N"]), row["content"]["S"]) for row in rows if "content" in row],
        int(last["seq"]["N"]) if last else first,
        max((int(row["version"]["N"]) for row in rows if "version" in row), default=0),
    )
