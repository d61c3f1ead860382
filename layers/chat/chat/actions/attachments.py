"""The attachments of a message that is being sent: found, checked, and taken."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, UnsetType

from chat.actions.services import Services
from chat.files.bucket import UploadMissing
from chat.protocol.errors import BadRequest
from chat.protocol.ids import AttachmentId, ConversationId, UserId
from chat.protocol.message_frames import AttachmentData
from chat.protocol.server_messages import Attachment
from chat.storage.attachments import Upload, find_uploads
from chat.storage.database import gather, gather_two

_FIELD = "data.attachments"


class Found(Struct, frozen=True):
    """What is known of the uploads that a frame names: announced, and of which size in the bucket.

    Those that are not there are left out.
    """

    uploads: Mapping[AttachmentId, Upload]
    sizes: Mapping[AttachmentId, int | None]

    def is_ready(self, attachment_id: AttachmentId, now_ms: int) -> bool:
        upload = self.uploads[attachment_id]
        return upload.is_fresh(now_ms) and self.sizes[attachment_id] == upload.size


def find_attachments(
    conversation_id: ConversationId, attachments: Sequence[AttachmentData], services: Services
) -> Found:
    """Look up uploads in the table and in the bucket, at once.

    A message without attachments asks for nothing, and makes no client of S3.
    """
    file_ids = _ids(attachments)
    files = services.files() if file_ids else None
    if files is None:
        return Found({}, {})
    uploads, sizes = gather_two(
        lambda: find_uploads(conversation_id, file_ids),
        lambda: gather(*(_sizing(files.find_size, conversation_id, each) for each in file_ids)),
    )
    return Found(uploads, dict(zip(file_ids, sizes, strict=True)))


def check_attachments(
    attachments: Sequence[AttachmentData], found: Found, sender: UserId, now_ms: int
) -> list[Attachment]:
    """Check that a message may take its uploads; give them as the message shows them.

    Those that a message has already pass: whether it is this one is decided when it is stored.

    Raises:
        BadRequest: one is named twice, is not uploaded whole, or is another user's.
    """
    counted = Counter(_ids(attachments))
    if counted and max(counted.values()) > 1:
        raise BadRequest("A file is named twice.", _FIELD)
    for each in counted:
        upload = found.uploads.get(each)
        if upload is None or upload.user_id != sender:
            raise BadRequest("There is no such upload of yours.", _FIELD)
        if not upload.is_taken and not found.is_ready(each, now_ms):
            raise BadRequest("An attachment is not uploaded, or was removed since.", _FIELD)
    return [_shown(each, found.uploads[each.attachment_id]) for each in attachments]


def take_files(found: Found, services: Services) -> None:
    """Copy uploads, all at once, to where their senders cannot change them any more.

    Raises:
        BadRequest: one was removed meanwhile.
    """
    untaken = [each for each in found.uploads.values() if not each.is_taken]
    files = services.files() if untaken else None
    try:
        if files:
            gather(*(_taking(files.take, each) for each in untaken))
    except UploadMissing as error:
        raise BadRequest("An attachment was removed meanwhile.", _FIELD) from error


def _ids(attachments: Sequence[AttachmentData]) -> list[AttachmentId]:
    named = ((each.attachment_id, each.thumbnail_id) for each in attachments)
    return [each for pair in named for each in pair if not isinstance(each, UnsetType)]


def _sizing(
    find_size: Callable[[ConversationId, AttachmentId], int | None],
    conversation_id: ConversationId,
    attachment_id: AttachmentId,
) -> Callable[[], int | None]:
    return lambda: find_size(conversation_id, attachment_id)


def _taking(take: Callable[[Upload], None], upload: Upload) -> Callable[[], None]:
    return lambda: take(upload)


def _shown(named: AttachmentData, upload: Upload) -> Attachment:
    return Attachment(
        attachment_id=upload.attachment_id,
        name=upload.name,
        size=upload.size,
        media_type=upload.media_type,
        width=_given(named.width),
        height=_given(named.height),
        duration_seconds=_given(named.duration_seconds),
        thumbnail_id=_given(named.thumbnail_id),
    )


def _given(value: Any) -> Any:  # noqa: ANN401 -- of any field
    return None if isinstance(value, UnsetType) else value
