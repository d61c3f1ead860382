"""A wake of a big room: it has what is new pushed to every connection, in one frame."""

from msgspec import Struct

from chat.actions.broadcast import wake_soon
from chat.actions.history_page import MAX_GAPS
from chat.actions.history_up import AnySlot, Span, read_span
from chat.actions.message_content import fitting_frame
from chat.actions.relay_page import event_of
from chat.actions.services import Services
from chat.actions.settling import settled_page
from chat.protocol.encoding import encode
from chat.protocol.ids import ConnectionId, ConversationId
from chat.protocol.limits import MAX_FRAME_BYTES
from chat.protocol.server_messages import MessageEvent
from chat.push.queue_bodies import QueuedFrame, Wake
from chat.storage.changes import ChangesRead, changes_after
from chat.storage.conversations import find_conversation, note_pushed
from chat.storage.database import gather_two
from chat.storage.messages import Slot
from chat.storage.roster import connections_on
from chat.storage.wakes import begin_wake, end_wake

GAP_PAUSES_SECONDS = (0.05, 0.1)
"""How long what is just being stored is waited for before its number is sealed."""

NUMBERS_OF_A_WAKE = 500
BYTES_OF_A_WAKE = 4 * MAX_FRAME_BYTES
"""How much one wake pushes to each connection at most; the next one goes on."""


class NewFrames(Struct, frozen=True):
    """What a wake pushes."""

    frames: list[QueuedFrame]
    gaps: list[int]
    up_to: int
    has_more: bool


class FramesAfter(Struct, frozen=True):
    """Reads the numbers after one, up to the last one that something is stored under."""

    conversation_id: ConversationId
    after: int
    last_seq: int

    def changes(self) -> ChangesRead:
        return changes_after(self.conversation_id, self.after, self.last_seq, NUMBERS_OF_A_WAKE)

    def page(self, changes: ChangesRead) -> NewFrames:
        """Read messages and changes, and note which numbers between them are gaps."""
        span = read_span(
            self.conversation_id, self.after, self.last_seq, NUMBERS_OF_A_WAKE, changes
        )
        frames: list[QueuedFrame] = []
        gaps: list[int] = []
        free_bytes, up_to = BYTES_OF_A_WAKE, self.after
        for slot in span.slots:
            shown = _frame(slot, span, self.conversation_id)
            free_bytes -= len(shown.frame) if shown else 0
            if frames and free_bytes < 0:
                return NewFrames(frames, gaps[:MAX_GAPS], up_to, has_more=True)
            frames += [shown] if shown else []
            gaps += range(up_to + 1, slot.first)
            up_to = slot.seq
        return NewFrames(frames, gaps[:MAX_GAPS], up_to, has_more=span.end < self.last_seq)


def push_new(wake: Wake, services: Services) -> None:
    """Queue what is new in a room for every connection, and note how far that goes.

    The roster is read after the last number, so a member who was added before it was given gets it.
    Numbers at the end that nothing is stored under yet are left to their senders.
    """
    now_ms, conversation_id = services.now_ms(), wake.conversation_id
    begun = begin_wake(conversation_id, now_ms)
    conversation = find_conversation(conversation_id)
    after = begun.pushed_seq if begun.is_next else max(begun.pushed_seq, wake.seq - 1)
    if conversation is None or conversation.last_seq <= after:
        return
    reading = FramesAfter(conversation_id, after, conversation.last_seq)
    new = settled_page(reading, reading.changes(), GAP_PAUSES_SECONDS, services.sleep)
    if new.up_to == after:
        return
    connections = connections_on(conversation_id)
    if new.frames and connections:
        services.publisher().publish_shards(conversation_id, connections, new.frames)
    is_big = len(connections) > services.limits.batch_room_connections
    gather_two(
        lambda: end_wake(conversation_id, new.up_to, now_ms, is_batched=is_big),
        lambda: note_pushed(conversation_id, after, now_ms) if is_big else None,
    )
    if new.has_more:
        wake_soon(conversation_id, new.up_to + 1, services)


def _frame(slot: AnySlot, span: Span, conversation_id: ConversationId) -> QueuedFrame | None:
    event = event_of(slot, span, conversation_id)
    if event is None:
        return None
    frame = event.frame
    if isinstance(frame, MessageEvent):
        frame = MessageEvent(data=fitting_frame(frame.data))
    return QueuedFrame(encode(frame), _asking(slot))


def _asking(slot: AnySlot) -> ConnectionId | None:
    """Name the connection that has what is under a number as its reply."""
    if isinstance(slot, Slot):
        return slot.connection_id
    return slot.change.connection_id if slot.change else None
