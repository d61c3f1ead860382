"""How much a message may say."""

from msgspec.structs import replace

from chat.protocol.encoding import encode
from chat.protocol.errors import BadRequest, TooLarge
from chat.protocol.limits import (
    MAX_CONTENT_BYTES,
    MAX_JSON_INTEGER,
    MAX_MESSAGE_BYTES,
    MAX_REACTION_BYTES,
)
from chat.protocol.server_messages import Message
from chat.protocol.text import displayable
from chat.storage.messages import Draft


def check_content(content: str, *, may_be_empty: bool) -> None:
    """Check a content by itself.

    Raises:
        BadRequest: it is empty.
        TooLarge
    """
    if not content and not may_be_empty:
        raise BadRequest("A message without attachments has a content.", "data.content")
    if len(content.encode()) > MAX_CONTENT_BYTES:
        raise TooLarge("The content is too large.", MAX_CONTENT_BYTES)


def fitting_frame(message: Message) -> Message:
    """Leave out of a message who reacted to it, if it would not fit a frame with that.

    How many did, and the version, stay.
    """
    if message.reactions is None or len(encode(message)) <= MAX_MESSAGE_BYTES:
        return message
    return replace(message, reactions=replace(message.reactions, items=[]))


def check_encoded(draft: Draft) -> None:
    """Check that a message fits a frame, also once it is edited.

    Characters that JSON must escape make content longer on the wire than in itself.

    Raises:
        TooLarge
    """
    if not is_encodable(draft):
        raise TooLarge("The content is too large once it is encoded.", MAX_MESSAGE_BYTES)


def is_encodable(draft: Draft) -> bool:
    """Tell whether a message fits a frame, also once it is edited."""
    sent = draft.with_seq(MAX_JSON_INTEGER)
    edited = replace(sent, version=MAX_JSON_INTEGER, edited_at=sent.created_at)
    return len(encode(edited)) <= MAX_MESSAGE_BYTES


def compose_reaction(reaction: str) -> str:
    """Compose a reaction as it is stored.

    Raises:
        BadRequest: it is too long, or shows nothing.
    """
    displayed = displayable(reaction, MAX_REACTION_BYTES)
    if displayed is None or len(displayed.encode()) > MAX_REACTION_BYTES:
        raise BadRequest("A reaction is 1 to 32 bytes of UTF-8, and shows.", "data.reaction")
    return displayed
