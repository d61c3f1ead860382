"""What is done to stored messages by operators alone.

Finding the messages of one user is a scan, as long as the table is large: an operator's request is
rare, and an index for it would cost a write for each message.
"""

from collections.abc import Iterator

from chat.protocol.ids import ConversationId, UserId
from chat.protocol.server_frames import Message
from chat.storage.messages import numbered
from chat.storage.tables import ConversationRow, MessageRow


def messages_of(user_id: UserId) -> Iterator[Message]:
    """Find every message that a user wrote. Reads the whole table."""
    rows = MessageRow.scan(MessageRow.user_id == user_id, consistent_read=True)
    return (message for row in rows if (message := numbered(row).message))


def erase_message(message: Message) -> None:
    """Delete a message; its number counts as one that never had a message."""
    MessageRow(message.conversation_id, message.seq, unused=True).save()


def delete_conversation(conversation_id: ConversationId) -> None:
    """Delete a conversation that has no members, and its messages."""
    with MessageRow.batch_write() as batch:
        for row in MessageRow.query(conversation_id, consistent_read=True):
            batch.delete(row)
    ConversationRow(conversation_id).delete()
