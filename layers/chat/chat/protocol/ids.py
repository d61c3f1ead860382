"""Identifiers, each a type of its own so that one is never passed for another."""

from typing import NewType

ConnectionId = NewType("ConnectionId", str)
ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)
AttachmentId = NewType("AttachmentId", str)
ClientMessageId = NewType("ClientMessageId", str)
DeviceId = NewType("DeviceId", str)
UserId = NewType("UserId", str)
Identity = NewType("Identity", str)
"""A subject of an OpenID provider, which never changes."""
Username = NewType("Username", str)

_MAX_SEQ_DIGITS = 15  # what a JSON number keeps exactly


def message_id(conversation_id: ConversationId, seq: int) -> MessageId:
    """Make the id of a message, by which it is found without an index."""
    return MessageId(f"{conversation_id}:{seq}")


def find_message_key(message: MessageId) -> tuple[ConversationId, int] | None:
    """Split a message id, or return None for one that this service never made."""
    conversation_id, _, digits = message.rpartition(":")
    if (
        not conversation_id
        or not digits.isascii()
        or not digits.isdigit()
        or len(digits) > _MAX_SEQ_DIGITS
    ):
        return None
    return ConversationId(conversation_id), int(digits)
