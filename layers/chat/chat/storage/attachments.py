"""Uploads and attachments: who uploads which file, and which message took it.

A file is a message's if its row names the message. The row is changed in the transaction that
stores or deletes the message, so a file never belongs to two messages, or to a deleted one.
"""

from collections.abc import Iterable

from msgspec import json
from pynamodb.exceptions import DeleteError, TransactWriteError
from pynamodb.transactions import TransactWrite

from chat.protocol.files import File
from chat.protocol.ids import AttachmentId, ConversationId, UserId
from chat.protocol.server_messages import Attachment
from chat.storage.database import failed_conditions, is_condition_failure, transaction
from chat.storage.tables import AttachmentRow, UploadTotalRow
from chat.storage.ttl import TOTAL_SECONDS, UPLOAD_SECONDS

_DAY_MS = 24 * 60 * 60 * 1000


class Upload(File, frozen=True, kw_only=True):
    """A file that a user uploads to a conversation."""

    user_id: UserId
    expires_at: int | None = None
    """When it is removed if no message takes it, in seconds since 1970."""
    message_seq: int = 0
    """The number of the message that took it; 0 if none did."""

    @property
    def is_taken(self) -> bool:
        return bool(self.message_seq)

    def is_fresh(self, now_ms: int) -> bool:
        """Tell whether a message may still take it."""
        return (self.expires_at or 0) * 1000 > now_ms


def put_upload(upload: Upload, now_ms: int, bytes_per_day: int) -> bool:
    """Announce an upload, and count it against what its user may upload in a day (UTC).

    Returns False, and stores nothing, if that is more than the user may.
    """
    day, total = now_ms // _DAY_MS, UploadTotalRow.uploaded_bytes
    room = bytes_per_day - upload.size
    if room < 0:
        return False
    try:
        with transaction() as writes:
            writes.save(_row(upload, now_ms))
            writes.update(
                UploadTotalRow(upload.user_id, day),
                actions=[
                    total.add(upload.size),
                    UploadTotalRow.expires_at.set(now_ms // 1000 + TOTAL_SECONDS),
                ],
                condition=total.does_not_exist() | (total <= room),
            )
    except TransactWriteError as error:
        if any(failed_conditions(error)):
            return False
        raise
    return True


def end_of_day(now_ms: int) -> int:
    """Return when the day ends in which uploads are counted together, in milliseconds."""
    return (now_ms // _DAY_MS + 1) * _DAY_MS


def find_uploads(
    conversation_id: ConversationId, attachment_ids: Iterable[AttachmentId]
) -> dict[AttachmentId, Upload]:
    """Read up to 100 uploads of a conversation in one request, taken or not."""
    keys = [(conversation_id, each) for each in dict.fromkeys(attachment_ids)]
    rows = AttachmentRow.batch_get(keys, consistent_read=True)
    return {upload.attachment_id: upload for upload in map(upload_of, rows)}


def take_uploads(
    writes: TransactWrite,
    conversation_id: ConversationId,
    user_id: UserId,
    attachments: Iterable[Attachment],
    seq: int,
) -> None:
    """Within a transaction: give a user's uploads to a message, unless another one has them."""
    is_free = AttachmentRow.message_seq.does_not_exist() & (AttachmentRow.user_id == user_id)
    for each in files_of(attachments):
        writes.update(
            AttachmentRow(conversation_id, each),
            actions=[AttachmentRow.message_seq.set(seq), AttachmentRow.expires_at.remove()],
            condition=is_free,
        )


def drop_attachments(
    writes: TransactWrite, conversation_id: ConversationId, attachments: Iterable[Attachment]
) -> None:
    """Within a transaction: forget the files of a message."""
    for each in files_of(attachments):
        writes.delete(AttachmentRow(conversation_id, each))


def forget_untaken(conversation_id: ConversationId, attachment_id: AttachmentId) -> bool:
    """Forget an upload unless a message has it; from then on none can take it.

    Returns whether no message has it.
    """
    try:
        AttachmentRow(conversation_id, attachment_id).delete(
            condition=AttachmentRow.message_seq.does_not_exist()
        )
    except DeleteError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def files_of(attachments: Iterable[Attachment]) -> list[AttachmentId]:
    """Name all files of a message: its attachments and their thumbnails."""
    found = []
    for each in attachments:
        found.append(each.attachment_id)
        if each.thumbnail_id:
            found.append(each.thumbnail_id)
    return found


def encode_attachments(attachments: list[Attachment]) -> str | None:
    """Write attachments as an attribute of a message's row, which has none if there are none."""
    return json.encode(attachments).decode() if attachments else None


def decode_attachments(encoded: str | None) -> list[Attachment]:
    return json.decode(encoded, type=list[Attachment]) if encoded else []


def upload_of(row: AttachmentRow) -> Upload:
    return Upload(
        conversation_id=ConversationId(row.conversation_id),
        attachment_id=AttachmentId(row.attachment_id),
        user_id=UserId(row.user_id),
        name=row.name,
        size=int(row.size),
        media_type=row.media_type,
        expires_at=int(row.expires_at) if row.expires_at else None,
        message_seq=int(row.message_seq or 0),
    )


def _row(upload: Upload, now_ms: int) -> AttachmentRow:
    return AttachmentRow(
        upload.conversation_id,
        upload.attachment_id,
        user_id=upload.user_id,
        name=upload.name,
        size=upload.size,
        media_type=upload.media_type,
        expires_at=now_ms // 1000 + UPLOAD_SECONDS,
    )
