"""How much a message may say."""

from msgspec.structs import replace

from chat.protocol.encoding import encode
from chat.protocol.errors import TooLarge
from chat.protocol.limits import MAX_CONTENT_BYTES, MAX_JSON_INTEGER, MAX_MESSAGE_BYTES
from chat.protocol.server_frames import Message
from chat.storage.messages import Draft


def check_content(content: str) -> None:
    """Check a content by itself.

    Raises:
        TooLarge
    """
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
    sent = draft.with_seq(MAX_JSON_INTEGER)
    edited = replace(sent, version=MAX_JSON_INTEGER, edited_at=sent.created_at)
    if len(encode(edited)) > MAX_MESSAGE_BYTES:
        raise TooLarge("The content is too large once it is encoded.", MAX_MESSAGE_BYTES)
