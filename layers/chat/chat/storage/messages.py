"""Messages: numbered once, stored once, and found again.

A number is given out before its message is stored, so for a moment, or for ever after a crash, a
number has no message. `close_gap` ends that: it marks the number as unused, after which no message
can be stored under it, and whoever was about to takes another number. So a reader that closed the
gaps of what it read never has to look there again.
"""

from collections.abc import Iterator

from msgspec import Struct
from pynamodb.exceptions import PutError, TransactWriteError

from chat.protocol.ids import ClientMessageId, ConversationId, UserId, Username, message_id
from chat.protocol.server_frames import Message
from chat.protocol.times import rfc3339
from chat.storage.conversations import next_seq
from chat.storage.database import both, failed_condition, refused_conditions, transaction
from chat.storage.expiry import SENT_SECONDS
from chat.storage.tables import MessageRow, SentRow

STORE_ATTEMPTS = 10
SUMMARY_PAGE = 10


class Draft(Struct, frozen=True, kw_only=True):
    """A message before it has a number."""

    conversation_id: ConversationId
    user_id: UserId
    username: Username
    content: str
    type: str
    client_message_id: ClientMessageId | None
    created_at: int

    def numbered(self, seq: int) -> Message:
        return Message(
            message_id=message_id(self.conversation_id, seq),
            conversation_id=self.conversation_id,
            seq=seq,
            user_id=self.user_id,
            username=self.username,
            content=self.content,
            type=self.type,
            created_at=rfc3339(self.created_at),
            client_message_id=self.client_message_id,
        )


class Numbered(Struct, frozen=True):
    """A number of a conversation and its message, or None where it will never have one."""

    seq: int
    message: Message | None


class NumbersTakenAway(RuntimeError):
    """Every number that this message was given was closed before it could be stored."""


def store_message(draft: Draft) -> Message:
    """Store a message under the conversation's next number, once for each client message id.

    Where this user sent the same `client_message_id` to the conversation in the last 24 hours,
    nothing is stored and the message of that time is returned.

    Raises:
        NotAMember: there is no such conversation.
        NumbersTakenAway: ten numbers in a row were closed by readers.
    """
    for _ in range(STORE_ATTEMPTS):
        seq = next_seq(draft.conversation_id, draft.created_at)
        stored = _store_once(draft, seq) if draft.client_message_id else _store(draft, seq)
        if stored:
            return stored
    raise NumbersTakenAway


def find_message(conversation_id: ConversationId, seq: int) -> Message | None:
    try:
        row = MessageRow.get(conversation_id, seq, consistent_read=True)
    except MessageRow.DoesNotExist:
        return None
    return _numbered(row).message


def numbers_after(
    conversation_id: ConversationId, seq: int, last_seq: int, page: int
) -> Iterator[Numbered]:
    """Go up from a number to another, seeing all that was stored before; `page` a request."""
    if seq >= last_seq:
        return iter(())
    rows = MessageRow.query(
        conversation_id,
        MessageRow.seq.between(seq + 1, last_seq),
        consistent_read=True,
        page_size=page,
    )
    return map(_numbered, rows)


def numbers_before(conversation_id: ConversationId, seq: int, page: int) -> Iterator[Numbered]:
    """Go down from a number, seeing all that was stored before; `page` a request."""
    rows = MessageRow.query(
        conversation_id,
        MessageRow.seq < seq,
        consistent_read=True,
        scan_index_forward=False,
        page_size=page,
    )
    return map(_numbered, rows)


def summarize(
    conversation_id: ConversationId, last_seq: int, user_id: UserId, last_read_seq: int, most: int
) -> tuple[Message | None, int]:
    """Find the newest message up to `last_seq`, and count others' after another, up to `most`.

    Costs one Query where the newest message is read already.
    """
    newest, unread = None, 0
    for number in numbers_before(conversation_id, last_seq + 1, SUMMARY_PAGE):
        if number.seq <= last_read_seq and newest:
            break
        if number.message is None:
            continue
        newest = newest or number.message
        unread += number.seq > last_read_seq and number.message.user_id != user_id
        if unread == most:
            break
    return newest, unread


def messages_of(user_id: UserId) -> Iterator[Message]:
    """Find all that a user ever wrote, by reading the whole table: for an operator alone."""
    rows = MessageRow.scan(MessageRow.user_id == user_id, consistent_read=True)
    return (message for row in rows if (message := _numbered(row).message))


def erase_message(message: Message) -> None:
    """Forget a message; its number counts as one that never had any."""
    MessageRow(message.conversation_id, message.seq, unused=True).save()


def delete_messages(conversation_id: ConversationId) -> None:
    """Forget every message of a conversation that nobody is a member of."""
    with MessageRow.batch_write() as batch:
        for row in MessageRow.query(conversation_id, consistent_read=True):
            batch.delete(row)


def close_gap(conversation_id: ConversationId, seq: int) -> bool:
    """Settle that a number stays without a message; False where it has one by now."""
    unused = MessageRow(conversation_id, seq, unused=True)
    try:
        unused.save(condition=MessageRow.seq.does_not_exist() | MessageRow.unused.exists())
    except PutError as error:
        if failed_condition(error):
            return False
        raise
    return True


def _store(draft: Draft, seq: int) -> Message | None:
    """Store under the number; None where a reader closed it."""
    try:
        _row(draft, seq).save(condition=MessageRow.seq.does_not_exist())
    except PutError as error:
        if not failed_condition(error):
            raise
        # The number is this call's own: what lies there is the mark, or this very message, put by
        # an attempt whose answer was lost.
        return find_message(draft.conversation_id, seq)
    return draft.numbered(seq)


def _store_once(draft: Draft, seq: int) -> Message | None:
    """Store with the note that it was sent; the earlier message where there is such a note."""
    sent = SentRow(
        draft.conversation_id,
        f"{draft.user_id}#{draft.client_message_id}",
        seq=seq,
        expires_at=draft.created_at // 1000 + SENT_SECONDS,
    )
    is_new = SentRow.sent_by.does_not_exist() | (SentRow.expires_at <= draft.created_at // 1000)
    try:
        with transaction() as writes:
            writes.save(_row(draft, seq), condition=MessageRow.seq.does_not_exist())
            writes.save(sent, condition=is_new)
    except TransactWriteError as error:
        match refused_conditions(error):
            case [True, _]:
                return None  # a reader closed this number
            case [False, True]:
                return _sent_before(sent, seq)
        raise
    return draft.numbered(seq)


def _sent_before(sent: SentRow, unneeded_seq: int) -> Message | None:
    """Find what was stored the first time, and give up the number taken for this one."""
    conversation_id = ConversationId(sent.conversation_id)
    first, _ = both(
        lambda: SentRow.get(sent.conversation_id, sent.sent_by, consistent_read=True),
        lambda: close_gap(conversation_id, unneeded_seq),
    )
    return find_message(conversation_id, int(first.seq))


def _row(draft: Draft, seq: int) -> MessageRow:
    return MessageRow(
        draft.conversation_id,
        seq,
        user_id=draft.user_id,
        username=draft.username,
        content=draft.content,
        type=draft.type,
        created_at=draft.created_at,
        client_message_id=draft.client_message_id,
    )


def _numbered(row: MessageRow) -> Numbered:
    if row.unused:
        return Numbered(int(row.seq), None)
    draft = Draft(
        conversation_id=ConversationId(row.conversation_id),
        user_id=UserId(row.user_id or ""),
        username=Username(row.username or ""),
        content=row.content or "",
        type=row.type or "",
        client_message_id=ClientMessageId(row.client_message_id) if row.client_message_id else None,
        created_at=int(row.created_at or 0),
    )
    return Numbered(int(row.seq), draft.numbered(int(row.seq)))
