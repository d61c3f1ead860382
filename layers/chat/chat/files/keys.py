"""The two places of a file in the bucket.

A client uploads to `u/`, which a lifecycle rule empties. Only the service writes to `c/`: it copies
a file there when a message takes it. So no upload ever changes or brings back what a message has.
"""

from chat.protocol.ids import AttachmentId, ConversationId

UPLOADS = "u/"
TAKEN = "c/"


def upload_key(conversation_id: ConversationId, attachment_id: AttachmentId) -> str:
    return f"{UPLOADS}{conversation_id}/{attachment_id}"


def taken_key(conversation_id: ConversationId, attachment_id: AttachmentId) -> str:
    return f"{TAKEN}{conversation_id}/{attachment_id}"


def find_file(key: str) -> tuple[ConversationId, AttachmentId] | None:
    """Say which file lies under a key, in either place; None for another key."""
    for place in (UPLOADS, TAKEN):
        if key.startswith(place):
            conversation_id, _, attachment_id = key.removeprefix(place).rpartition("/")
            if conversation_id and attachment_id:
                return ConversationId(conversation_id), AttachmentId(attachment_id)
    return None
