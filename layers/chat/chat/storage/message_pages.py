"""Reading the messages of a conversation, up or down from a number.

Unused numbers may lie anywhere, in any number. So reading is bounded by the rows it reads: first as
many as messages are wanted, then a thousand, then a megabyte at a time.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from typing import Any

from msgspec import Struct
from pynamodb.expressions.condition import Condition

from chat.protocol.ids import ConversationId, UserId
from chat.protocol.server_messages import Message
from chat.storage.database import table
from chat.storage.messages import Slot, slot_of
from chat.storage.numbered_rows import read_rows
from chat.storage.tables import MessageRow

MANY_ROWS = 1_000
SUMMARY_ROWS = 10
"""Rows that one read unit covers, if they are short."""


class PageRead(Struct, frozen=True):
    """What one request read, and whether nothing is left."""

    numbers: list[Slot]
    is_last: bool


class LatestMessages(Struct, frozen=True):
    """The newest message, how many a user has not read, and how many of those mention the user."""

    newest: Message | None
    unread: int
    mentions: int


def slots_after(
    conversation_id: ConversationId, seq: int, last_seq: int, size: int | None
) -> PageRead:
    """Go up from a number to another in one request, over so many rows or a megabyte."""
    if seq >= last_seq:
        return PageRead([], is_last=True)
    between = MessageRow.seq.between(seq + 1, last_seq)
    [read] = _read(conversation_id, between, [size])
    return read


def numbers_before(conversation_id: ConversationId, seq: int, wanted: int) -> Iterator[PageRead]:
    """Go down from a number, request by request."""
    return _read(conversation_id, MessageRow.seq < seq, growing(wanted), going_down=True)


def taken_numbers(conversation_id: ConversationId, first: int, last: int) -> list[Slot]:
    """Find which of some numbers have a message or are marked, without the messages' content."""
    rows, start = [], None
    while True:
        page = table(MessageRow).query(
            conversation_id,
            MessageRow.seq.between(first, last),
            consistent_read=True,
            exclusive_start_key=start,
            attributes_to_get=["seq", "unused_from"],
        )
        rows += page["Items"]
        start = page.get("LastEvaluatedKey")
        if not start:
            return [_taken(row) for row in rows]


def summarize(
    conversation_id: ConversationId, last_seq: int, user_id: UserId, last_read_seq: int, most: int
) -> LatestMessages:
    """Find the newest message up to `last_seq`, and count what a user has not read, up to `most`.

    Unread are others' messages after the later of the last one read and the user's own last, but
    for deleted ones. Costs one request, or two if unused numbers lie between. Where those fill a
    megabyte, nothing below them is found.
    """
    given_out = last_seq - last_read_seq
    rows = max(SUMMARY_ROWS, min(given_out, most) + 1)
    before = MessageRow.seq < last_seq + 1
    newest, unread, mentions = None, 0, 0
    for read in _read(conversation_id, before, (rows, None), going_down=True):
        for message in (number.message for number in read.numbers if number.message):
            newest = newest or message
            if message.seq <= last_read_seq or message.user_id == user_id or unread == most:
                return LatestMessages(newest, unread, mentions)
            unread += message.deleted_at is None
            mentions += not {user_id, "*"}.isdisjoint(message.mentions)
        # Each number has one row at most, so all that could be unread was read.
        if newest and given_out < rows:
            break
    return LatestMessages(newest, unread, mentions)


def growing(wanted: int) -> Iterator[int | None]:
    """Say how many rows one request after another reads."""
    return chain([wanted, MANY_ROWS], repeat(None))


def _read(
    conversation_id: ConversationId,
    condition: Condition,
    sizes: Iterable[int | None],
    *,
    going_down: bool = False,
) -> Iterator[PageRead]:
    for read in read_rows(MessageRow, conversation_id, condition, sizes, going_down=going_down):
        yield PageRead([slot_of(row) for row in read.rows], read.is_last)


def _taken(row: dict[str, Any]) -> Slot:
    seq = int(row["seq"]["N"])
    return Slot(seq, None, int(row.get("unused_from", row["seq"])["N"]))
