"""What a notification says: as much as the operator lets push services and lock screens have."""

from typing import Literal, cast

from msgspec import Struct

from chat.actions.services import Services
from chat.protocol.encoding import encode
from chat.protocol.ids import ConversationId
from chat.protocol.server_messages import Message
from chat.storage.conversations import ConversationState

PREVIEW_CHARACTERS = 200
NAMELESS_TITLE = "New message"

type Content = Literal["none", "sender", "preview"]


class MessageNotification(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="message"):
    """The newest of `count` messages; it replaces an earlier notification of the conversation."""

    conversation_id: ConversationId
    seq: int
    count: int = 1
    title: str
    body: str | None = None
    sender_name: str | None = None
    tag: ConversationId


class ReadNotification(Struct, frozen=True, kw_only=True, tag="read"):
    """Messages up to a number were read elsewhere: what is shown of them goes."""

    conversation_id: ConversationId
    up_to_seq: int


def message_notification(
    state: ConversationState, message: Message, number: int, services: Services
) -> bytes:
    """Write the notification of a message, at most 3 kB, by `NotificationContent`."""
    content = cast("Content", services.limits.notification_content)
    shows_sender = content != "none"
    title = (state.title or message.username) if shows_sender else NAMELESS_TITLE
    return encode(
        MessageNotification(
            conversation_id=state.conversation_id,
            seq=message.seq,
            count=number,
            title=title,
            body=(message.content[:PREVIEW_CHARACTERS] or None) if content == "preview" else None,
            sender_name=message.username if shows_sender else None,
            tag=state.conversation_id,
        )
    )


def read_notification(conversation_id: ConversationId, up_to_seq: int) -> bytes:
    return encode(ReadNotification(conversation_id=conversation_id, up_to_seq=up_to_seq))


def is_urgent(state: ConversationState, message: Message) -> bool:
    """Tell whether a device should be woken for it: a direct message, a mention or a reply."""
    return bool(state.kind == "direct" or message.mentions or message.reply_to)
