"""Deleting the files of messages, and those that no message took."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from chat.actions.services import Services
from chat.files.bucket import NotDeleted
from chat.files.keys import find_file, taken_key
from chat.protocol.ids import AttachmentId, ConversationId
from chat.protocol.server_messages import Attachment
from chat.storage.attachments import files_of, forget_untaken

SECOND_LOOK_SECONDS = 60
"""Longer than the function that deletes a message may still run."""


class FilesInQuestion:
    """Whether files may be deleted: their message is gone."""

    are_free = False


@contextmanager
def deleting_files(
    conversation_id: ConversationId, attachments: Iterable[Attachment], services: Services
) -> Iterator[FilesInQuestion]:
    """Delete files after the block, if it says that they are free.

    A message to a queue, sent before the block, has another function look at them a minute later:
    it deletes what S3 refused to delete, or what was left because this function died.
    """
    in_question, file_ids = FilesInQuestion(), files_of(attachments)
    if file_ids:
        keys = [taken_key(conversation_id, each) for each in file_ids]
        services.publisher().publish_file_deletion(keys, SECOND_LOOK_SECONDS)
    yield in_question
    if file_ids and in_question.are_free:
        _delete_now(conversation_id, file_ids, services)


def delete_files(keys: Sequence[str], services: Services) -> None:
    """Delete those of some files that no message has. Can be repeated.

    Raises:
        NotDeleted: S3 did not delete some; the queue tries again.
    """
    files = services.files()
    by_conversation: dict[ConversationId, list[AttachmentId]] = defaultdict(list)
    for conversation_id, attachment_id in filter(None, map(find_file, keys)):
        if forget_untaken(conversation_id, attachment_id):
            by_conversation[conversation_id].append(attachment_id)
    for conversation_id, file_ids in by_conversation.items():
        if files:
            files.delete(conversation_id, file_ids)


def _delete_now(
    conversation_id: ConversationId, file_ids: Sequence[AttachmentId], services: Services
) -> None:
    files = services.files()
    try:
        if files:
            files.delete(conversation_id, file_ids)
    except NotDeleted:
        services.add_metric("FileNotDeleted", len(file_ids))
