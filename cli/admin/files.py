"""Files that users uploaded, to export or to delete. Most of it reads a whole table."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import batched
from typing import Any

from chat.actions.services import Files, Services
from chat.files.bucket import MAX_AT_ONCE, NotDeleted
from chat.files.keys import taken_key, upload_key
from chat.protocol.ids import AttachmentId, ConversationId, UserId, message_id
from chat.storage.attachments import Upload, find_uploads, forget_untaken, upload_of
from chat.storage.tables import AttachmentRow, UploadTotalRow
from cli.errors import CommandRefused


def files_of_user(user_id: UserId) -> list[dict[str, Any]]:
    """List every file that a user uploaded, with its place in the bucket."""
    return [_exported(each) for each in _uploads_of(user_id)]


def erase_uploads(user_id: UserId, services: Services) -> None:
    """Delete a user's uploads that no message has. Can be repeated if it was cut off.

    Raises:
        CommandRefused: S3 kept some.
    """
    for upload in _uploads_of(user_id):
        if not upload.is_taken:
            _delete(upload.conversation_id, [upload.attachment_id], services)
            forget_untaken(upload.conversation_id, upload.attachment_id)
    for row in UploadTotalRow.query(user_id, consistent_read=True):
        row.delete()


def delete_files_of_conversation(conversation_id: ConversationId, services: Services) -> None:
    """Delete all files of a conversation. Can be repeated if it was cut off.

    Raises:
        CommandRefused: S3 kept some.
    """
    rows = AttachmentRow.query(conversation_id, consistent_read=True)
    for some in batched(rows, MAX_AT_ONCE, strict=False):
        _delete(conversation_id, [AttachmentId(each.attachment_id) for each in some], services)
        for each in some:
            each.delete()


def delete_lost_files(services: Services) -> int:
    """Delete the files of the bucket that no message has; return how many there were.

    After a restore these are the files of messages that were sent after the restored moment.

    Raises:
        CommandRefused: S3 kept some.
    """
    files = services.files()
    return sum(_delete_lost(*each, services) for each in _taken(files)) if files else 0


def _delete_lost(
    conversation_id: ConversationId, file_ids: list[AttachmentId], services: Services
) -> int:
    known = find_uploads(conversation_id, file_ids)
    lost = [each for each in file_ids if each not in known or not known[each].is_taken]
    if lost:
        _delete(conversation_id, lost, services)
    return len(lost)


def _delete(
    conversation_id: ConversationId, file_ids: list[AttachmentId], services: Services
) -> None:
    files = services.files()
    try:
        if files:
            files.delete(conversation_id, file_ids)
    except NotDeleted as error:
        raise CommandRefused("S3 did not delete some files. Do it again.") from error


def _taken(files: Files) -> Iterator[tuple[ConversationId, list[AttachmentId]]]:
    by_conversation: dict[ConversationId, list[AttachmentId]] = defaultdict(list)
    for conversation_id, attachment_id in files.each_taken():
        by_conversation[conversation_id].append(attachment_id)
    for conversation_id, file_ids in by_conversation.items():
        for some in batched(file_ids, MAX_AT_ONCE, strict=False):
            yield conversation_id, list(some)


def _uploads_of(user_id: UserId) -> Iterator[Upload]:
    rows = AttachmentRow.scan(AttachmentRow.user_id == user_id, consistent_read=True)
    return map(upload_of, rows)


def _exported(upload: Upload) -> dict[str, Any]:
    place = taken_key if upload.is_taken else upload_key
    seq = upload.message_seq
    return {
        "attachment_id": upload.attachment_id,
        "conversation_id": upload.conversation_id,
        "message_id": message_id(upload.conversation_id, seq) if seq else None,
        "name": upload.name,
        "size": upload.size,
        "media_type": upload.media_type,
        "key": place(upload.conversation_id, upload.attachment_id),
    }
