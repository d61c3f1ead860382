"""Pages of events: what is stored under each number after one, for a reader that wants them all.

A page of `history` has each part of a message once. A page of events has each number once, so that
who counts them sees that none is missing; what it shows is the state as it is now, too.
"""

from msgspec import Struct

from chat.actions.changed_frames import changed_frame
from chat.actions.history_page import MAX_GAPS
from chat.actions.history_up import AnySlot, Span, read_span
from chat.protocol.encoding import rfc3339
from chat.protocol.ids import ConversationId
from chat.protocol.server_messages import MessageEvent
from chat.push.events import Event
from chat.storage.changes import ChangesRead, changes_after
from chat.storage.messages import Slot

EVENTS_OF_A_PAGE = 20
"""How many numbers are read at once; so many events can come twice if a run dies."""


class EventPage(Struct, frozen=True):
    events: list[Event]
    gaps: list[int]
    up_to: int
    """The number to go on from: all numbers up to it are on the page, or will stay unused."""


class EventsAfter(Struct, frozen=True):
    """Reads the numbers after one up to `last_seq`."""

    conversation_id: ConversationId
    after: int
    last_seq: int

    def changes(self) -> ChangesRead:
        return changes_after(self.conversation_id, self.after, self.last_seq, EVENTS_OF_A_PAGE)

    def page(self, changes: ChangesRead) -> EventPage:
        """Read the messages beside the changes, and note which numbers are gaps."""
        span = read_span(self.conversation_id, self.after, self.last_seq, EVENTS_OF_A_PAGE, changes)
        shown = [event_of(slot, span, self.conversation_id) for slot in span.slots]
        events = [event for event in shown if event]
        return EventPage(events, _gaps(span, self.after), span.end)


def _gaps(span: Span, after: int) -> list[int]:
    found: list[int] = []
    expected = after + 1
    for slot in span.slots:
        found += range(expected, slot.first)
        expected = max(expected, slot.seq + 1)
    return [*found, *range(expected, span.end + 1)][:MAX_GAPS]


def event_of(slot: AnySlot, span: Span, conversation_id: ConversationId) -> Event | None:
    """Show what is under a number, as it is now; None if that is nothing."""
    if isinstance(slot, Slot):
        message = slot.message
        if message is None:
            return None
        return Event(
            conversation_id=conversation_id,
            seq=slot.seq,
            time=message.created_at,
            frame=MessageEvent(data=message),
        )
    if slot.change is None:
        return None
    state = span.conversation
    return Event(
        conversation_id=conversation_id,
        seq=slot.seq,
        time=rfc3339(slot.change.at),
        frame=changed_frame(
            slot.change,
            slot.seq,
            span.states.get(slot.change.message_seq),
            state.title if state else None,
        ),
    )
