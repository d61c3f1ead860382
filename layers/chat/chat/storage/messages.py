"""Messages: numbered once, stored once, and found again.

A message is stored only if its number is free: a reader may have sealed it (`storage/numbers.py`).
"""

from collections.abc import Iterable

from msgspec import Struct, json
from pynamodb.exceptions import PutError, TransactWriteError

from chat.protocol.encoding import rfc3339
from chat.protocol.errors import Conflict
from chat.protocol.ids import (
    ClientMessageId,
    ConnectionId,
    ConversationId,
    MessageId,
    UserId,
    Username,
    message_id,
)
from chat.protocol.server_frames import Person
from chat.protocol.server_messages import Attachment, Mention, Message, Reactions
from chat.storage.attachments import decode_attachments, encode_attachments, take_uploads
from chat.storage.conversations import next_seq
from chat.storage.database import failed_conditions, gather_two, is_condition_failure, transaction
from chat.storage.numbers import STORE_ATTEMPTS, SequenceExhausted, give_up_number
from chat.storage.tables import MessageRow, SentRow
from chat.storage.ttl import SENT_SECONDS

MAX_NOTES = 20
"""How many users' notes of one `clientMessageId` are read before a message is stored."""


class Text(Struct, frozen=True, kw_only=True):
    """What a message says, and whom it mentions."""

    content: str
    type: str
    mentions: list[Mention] = []


class Draft(Text, frozen=True, kw_only=True):
    """A message before it has a number."""

    conversation_id: ConversationId
    user_id: UserId
    username: Username
    client_message_id: ClientMessageId | None
    created_at: int
    reply_to: MessageId | None = None
    attachments: list[Attachment] = []
    connection_id: ConnectionId | None = None
    """Where it came from, if it is not pushed to that connection later."""

    def with_seq(self, seq: int) -> Message:
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
            reply_to=self.reply_to,
            mentions=self.mentions,
            attachments=self.attachments,
        )


class Slot(Struct, frozen=True):
    """A number of a conversation and its message, or None if it will never have one.

    Without a message it stands for all numbers from `first` on.
    """

    seq: int
    message: Message | None
    first: int
    connection_id: ConnectionId | None = None


def store_message(draft: Draft) -> Message:
    """Store a message under the conversation's next number, once for each client message id.

    Where this user sent the same `client_message_id` to the conversation in the last 24 hours,
    nothing is stored and the message of that time is returned.

    Raises:
        NotAMember: there is no such conversation.
        Conflict: another message has one of the attachments, or it was removed.
        SequenceExhausted: readers sealed ten numbers in a row.
    """
    for _ in range(STORE_ATTEMPTS):
        seq = next_seq(draft.conversation_id, draft.created_at)
        if stored := _store_in(seq, draft):
            return stored
    raise SequenceExhausted


def find_message(conversation_id: ConversationId, seq: int) -> Message | None:
    try:
        row = MessageRow.get(conversation_id, seq, consistent_read=True)
    except MessageRow.DoesNotExist:
        return None
    return slot_of(row).message


def find_messages(conversation_id: ConversationId, seqs: Iterable[int]) -> dict[int, Message]:
    """Read messages, 100 a request; those that do not exist are left out."""
    keys = [(conversation_id, seq) for seq in seqs]
    if not keys:
        return {}
    rows = MessageRow.batch_get(keys, consistent_read=True)
    found = (slot_of(row).message for row in rows)
    return {message.seq: message for message in found if message}


def find_sent(
    conversation_id: ConversationId, client_message_id: ClientMessageId, now_ms: int
) -> dict[UserId, int]:
    """Find under which number each user sent a client message id in the last 24 hours.

    One request. Of very many users who sent the same id some are left out.
    """
    rows = SentRow.query(
        conversation_id,
        SentRow.sent_by.startswith(_sent_prefix(client_message_id)),
        consistent_read=True,
        limit=MAX_NOTES,
    )
    return {
        UserId(row.sent_by.removeprefix(_sent_prefix(client_message_id))): int(row.seq)
        for row in rows
        if row.expires_at * 1000 > now_ms
    }


def _store_in(seq: int, draft: Draft) -> Message | None:
    """Store under the number as its kind requires; None if a reader sealed it."""
    if draft.client_message_id or draft.attachments:
        return _store_together(draft, seq)
    return _store(draft, seq)


def _store(draft: Draft, seq: int) -> Message | None:
    try:
        _row(draft, seq).save(condition=MessageRow.seq.does_not_exist())
    except PutError as error:
        if not is_condition_failure(error):
            raise
        # The number is this call's own: what lies there is the mark, or this very message, put by
        # an attempt whose answer was lost.
        return find_message(draft.conversation_id, seq)
    return draft.with_seq(seq)


def _store_together(draft: Draft, seq: int) -> Message | None:
    """Store with the note that it was sent, if it has an id, and with its uploads taken.

    If there is such a note, the message of that time is returned.
    """
    sent = _note(draft, draft.client_message_id, seq) if draft.client_message_id else None
    try:
        with transaction() as writes:
            writes.save(_row(draft, seq), condition=MessageRow.seq.does_not_exist())
            if sent:
                is_new = SentRow.sent_by.does_not_exist()
                is_new |= SentRow.expires_at <= draft.created_at // 1000
                writes.save(sent, condition=is_new)
            take_uploads(writes, draft.conversation_id, draft.user_id, draft.attachments, seq)
    except TransactWriteError as error:
        match failed_conditions(error):
            case [True, *_]:
                return None  # a reader sealed this number
            case [False, True, *_] if sent:
                return _sent_before(sent, seq)
            case failed if any(failed):
                give_up_number(draft.conversation_id, seq)
                raise Conflict("Another message has an attachment, or it was removed.") from error
        raise
    return draft.with_seq(seq)


def _note(draft: Draft, client_message_id: ClientMessageId, seq: int) -> SentRow:
    return SentRow(
        draft.conversation_id,
        f"{_sent_prefix(client_message_id)}{draft.user_id}",
        seq=seq,
        expires_at=draft.created_at // 1000 + SENT_SECONDS,
    )


def _sent_before(sent: SentRow, unneeded_seq: int) -> Message | None:
    """Find what was stored the first time, and seal the number taken for this one."""
    conversation_id = ConversationId(sent.conversation_id)
    first, _ = gather_two(
        lambda: SentRow.get(sent.conversation_id, sent.sent_by, consistent_read=True),
        lambda: give_up_number(conversation_id, unneeded_seq),
    )
    return find_message(conversation_id, int(first.seq))


def _sent_prefix(client_message_id: ClientMessageId) -> str:
    # In quotation marks no id is a prefix of another.
    return f"{json.encode(client_message_id).decode()}#"


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
        reply_to=draft.reply_to,
        mentions=encode_mentions(draft.mentions),
        attachments=encode_attachments(draft.attachments),
        connection_id=draft.connection_id,
    )


def slot_of(row: MessageRow) -> Slot:
    """Read a row as the slot of a number."""
    if row.unused:
        return Slot(int(row.seq), None, int(row.unused_from or row.seq))
    return Slot(int(row.seq), _message(row), int(row.seq), _came_from(row))


def _came_from(row: MessageRow) -> ConnectionId | None:
    return ConnectionId(row.connection_id) if row.connection_id else None


def _message(row: MessageRow) -> Message:
    conversation_id, seq = ConversationId(row.conversation_id), int(row.seq)
    return Message(
        message_id=message_id(conversation_id, seq),
        conversation_id=conversation_id,
        seq=seq,
        user_id=UserId(row.user_id or ""),
        username=Username(row.username or ""),
        content=row.content or "",
        type=row.type or "",
        created_at=rfc3339(int(row.created_at or 0)),
        client_message_id=ClientMessageId(row.client_message_id) if row.client_message_id else None,
        version=int(row.version or 0),
        edited_at=_time(row.edited_at),
        deleted_at=_time(row.deleted_at),
        deleted_by=_deleter(row),
        reply_to=MessageId(row.reply_to) if row.reply_to else None,
        mentions=json.decode(row.mentions, type=list[Mention]) if row.mentions else [],
        attachments=decode_attachments(row.attachments),
        reactions=json.decode(row.reactions, type=Reactions) if row.reactions else None,
    )


def encode_mentions(mentions: list[Mention]) -> str | None:
    """Write mentions as an attribute of a message's row, which has none if there are none."""
    return json.encode(mentions).decode() if mentions else None


def _time(instant: float | None) -> str | None:
    return rfc3339(int(instant)) if instant else None


def _deleter(row: MessageRow) -> Person | None:
    if not row.deleted_by:
        return None
    return Person(UserId(row.deleted_by), Username(row.deleted_by_username or ""))
