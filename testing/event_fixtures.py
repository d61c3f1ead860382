"""Events as tests send them."""

from chat.protocol.ids import ConversationId, UserId, Username, message_id
from chat.protocol.server_messages import Message, MessageEvent
from chat.push.events import Event

ROOM = ConversationId("general")


def event(seq: int, content: str = "Hello, wörld") -> Event:
    """Make the event of a message in `general`."""
    message = Message(
        message_id=message_id(ROOM, seq),
        conversation_id=ROOM,
        seq=seq,
        user_id=UserId("u"),
        username=Username("alice"),
        content=content,
        type="text",
        created_at="2026-11-22T18:19:14.123Z",
    )
    return Event(
        conversation_id=ROOM, seq=seq, time=message.created_at, frame=MessageEvent(data=message)
    )
