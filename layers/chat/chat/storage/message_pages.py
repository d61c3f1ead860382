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
from chat.protocol.server_frames import Message
from chat.storage.database import table
from chat.storage.messages import Slot, slot_of
from chat.storage.tables import MessageRow

MANY_ROWS = 1_000
SUMMARY_ROWS = 10
"""Rows that one read unit covers, if they are short."""


class PageRead(Struct, frozen=True):
    """What one request read."""

    numbers: list[Slot]
    is_last: bool


def slots_after(
    conversation_id: ConversationId, seq: int, last_seq: int, wanted: int
) -> Iterator[PageRead]:
    """Go up from a number to another, request by request, seeing all that was stored before."""
    if seq >= last_seq:
        return iter(())
    between = MessageRow.seq.between(seq + 1, last_seq)
    return _read(conversation_id, between, _growing(wanted))


def messages_before(conversation_id: ConversationId, seq: int, wanted: int) -> Iterator[PageRead]:
    """Go down from a number, request by request, over its messages alone."""
    return _read(conversation_id, MessageRow.seq < seq, _growing(wanted), going_down=True)


def summarize(
    conversation_id: ConversationId, last_seq: int, user_id: UserId, last_read_seq: int, most: int
) -> tuple[Message | None, int]:
    """Find the newest message up to `last_seq`, and count what a user has not read, up to `most`.

    Unread are others' messages after the later of the last one read and the user's own last. Costs
    one request, or two if unused numbers lie between. Where those fill a megabyte, nothing below
    them is found.
    """
    given_out = last_seq - last_read_seq
    rows = max(SUMMARY_ROWS, min(given_out, most) + 1)
    before = MessageRow.seq < last_seq + 1
    newest, unread = None, 0
    for read in _read(conversation_id, before, (rows, None), going_down=True):
        for message in (number.message for number in read.numbers if number.message):
            newest = newest or message
            if message.seq <= last_read_seq or message.user_id == user_id or unread == most:
                return newest, unread
            unread += 1
        # Each number has one row at most, so all that could be unread was read.
        if newest and given_out < rows:
            break
    return newest, unread


def _growing(wanted: int) -> Iterator[int | None]:
    return chain([wanted, MANY_ROWS], repeat(None))


def _read(
    conversation_id: ConversationId,
    condition: Condition,
    sizes: Iterable[int | None],
    *,
    going_down: bool = False,
) -> Iterator[PageRead]:
    """Read on, up to so many rows a request; going down, unused numbers are left out."""
    start: dict[str, Any] | None = None
    for size in sizes:
        page = table(MessageRow).query(
            conversation_id,
            condition,
            filter_condition=MessageRow.unused.does_not_exist() if going_down else None,
            consistent_read=True,
            exclusive_start_key=start,
            limit=size,
            scan_index_forward=not going_down,
        )
        start = page.get("LastEvaluatedKey")
        rows = map(MessageRow.from_raw_data, page["Items"])
        yield PageRead([slot_of(row) for row in rows], is_last=not start)
        if not start:
            return
