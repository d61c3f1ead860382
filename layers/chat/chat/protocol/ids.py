"""Identifiers, each a type of its own so that one is never passed for another."""

from typing import NewType

ConnectionId = NewType("ConnectionId", str)
ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)
ClientMessageId = NewType("ClientMessageId", str)
UserId = NewType("UserId", str)
Identity = NewType("Identity", str)
"""A subject of an OpenID provider, which stays whatever the provider calls them."""
Username = NewType("Username", str)

_MAX_SEQ_DIGITS = 15  # what a JSON number keeps exactly


def message_id(conversation_id: ConversationId, seq: int) -> MessageId:
    """Name a message so that it is found again without an index."""
    return MessageId(f"{conversation_id}:{seq}")


def find_message_key(message: MessageId) -> tuple[ConversationId, int] | None:
    """Take a message's name apart, or return None for one that this service never gave."""
    conversation_id, _, digits = message.rpartition(":")
    if (
        not conversation_id
        or not digits.isascii()
        or not digits.isdigit()
        or len(digits) > _MAX_SEQ_DIGITS
    ):
        return None
    return ConversationId(conversation_id), int(digits)
