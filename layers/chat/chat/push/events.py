"""Events for the owner's other systems: what is stored under each number of a conversation.

The format is CloudEvents 1.0, structured mode: https://github.com/cloudevents/spec/tree/v1.0.2
"""

from typing import Any

from msgspec import Raw, Struct

from chat.protocol.encoding import encode
from chat.protocol.ids import ConversationId
from chat.protocol.server_conversations import Changed
from chat.protocol.server_messages import MessageEvent

CONTENT_TYPE = "application/cloudevents+json"


class Event(Struct, frozen=True, kw_only=True):
    """A message or a change under its number, as the frame that shows it."""

    conversation_id: ConversationId
    seq: int
    time: str
    """When it was sent or changed."""
    frame: MessageEvent | Changed

    @property
    def event_id(self) -> str:
        """The same each time the event is sent, and of no other event."""
        return f"{self.conversation_id}:{self.seq}"

    @property
    def event_type(self) -> str:
        return f"parley.{self.frame.__struct_config__.tag}"


class Delivery(Struct, frozen=True):
    """How many of some events a sink has accepted, from the first on, and why not all."""

    accepted: int
    fault: str | None = None
    is_gone: bool = False
    """Whether the sink wants no more events, ever."""
    retry_after_seconds: float = 0.0
    """How long the sink asks to be left alone, however long that is."""


class _CloudEvent(Struct, frozen=True, kw_only=True):
    specversion: str = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str = "application/json"
    data: Raw


def encode_event(event: Event, source: str) -> bytes:
    """Encode an event as JSON, the same bytes each time for the same state."""
    data: Any = event.frame.data
    return encode(
        _CloudEvent(
            id=event.event_id,
            source=source,
            type=event.event_type,
            subject=event.conversation_id,
            time=event.time,
            data=Raw(encode(data)),
        )
    )
