"""Pages of history that go up: messages and changes together, in the order of their numbers."""

from msgspec import Struct

from chat.actions.changed_frames import changed_frame, part_of
from chat.actions.history_page import Page
from chat.protocol.ids import ConversationId
from chat.protocol.server_messages import Message
from chat.storage.changes import ChangeSlot, ChangesRead, changes_after
from chat.storage.conversations import ConversationState, find_conversation
from chat.storage.database import gather_two
from chat.storage.message_pages import PageRead, growing, slots_after
from chat.storage.messages import Slot, find_messages


class GoingUp(Struct, frozen=True):
    """Reads the numbers after one up to `last_seq`."""

    conversation_id: ConversationId
    after: int
    last_seq: int
    limit: int

    def changes(self) -> ChangesRead:
        """Read the changes that the page may begin with, before any state."""
        return changes_after(self.conversation_id, self.after, self.last_seq, self.limit + 1)

    def page(self, changes: ChangesRead) -> Page:
        """Read the page, and note which numbers of it are gaps.

        Of each span the changes are read before the states. So a state shows every change that was
        found; it may show later ones too.
        """
        page, position = Page(self.limit, up_to=self.last_seq), self.after
        for request, size in enumerate(growing(self.limit + 1)):
            if request:
                changes = changes_after(self.conversation_id, position, self.last_seq, size)
            span = read_span(self.conversation_id, position, self.last_seq, size, changes)
            if not _take(page, span, position):
                return page
            position = span.end
            if position >= self.last_seq or (request and not page.is_empty):
                break
        page.has_more, page.up_to = position < self.last_seq, min(position, self.last_seq)
        return page


type AnySlot = Slot | ChangeSlot


class Span(Struct, frozen=True):
    """What stands under the numbers up to `end`, and the messages that changes point to."""

    slots: list[AnySlot]
    states: dict[int, Message]
    conversation: ConversationState | None
    """Read only if a change is about it."""
    end: int


def read_span(
    conversation_id: ConversationId,
    after: int,
    last_seq: int,
    size: int | None,
    changes: ChangesRead,
) -> Span:
    pointers = [slot.change for slot in changes.slots if slot.change]
    earlier = {
        each.message_seq for each in pointers if each.is_of_message and each.message_seq <= after
    }
    is_renamed = any(each.kind == "renamed" for each in pointers)
    read, (states, conversation) = gather_two(
        lambda: slots_after(conversation_id, after, last_seq, size),
        lambda: gather_two(
            lambda: find_messages(conversation_id, sorted(earlier)),
            lambda: find_conversation(conversation_id) if is_renamed else None,
        ),
    )
    end = min(changes.covered, _covered(read, last_seq))
    numbered: list[AnySlot] = [*read.numbers, *changes.slots]
    slots = sorted((slot for slot in numbered if slot.seq <= end), key=lambda slot: slot.seq)
    states |= {each.seq: each.message for each in read.numbers if each.message}
    return Span(slots, states, conversation, end)


def _covered(read: PageRead, last_seq: int) -> int:
    return last_seq if read.is_last else read.numbers[-1].seq


def _take(page: Page, span: Span, after: int) -> bool:
    """Take what fits; False if something does not, with which the next page begins."""
    expected = after + 1
    for slot in span.slots:
        page.note_gap(expected, slot.first)
        if not _take_slot(page, slot, span, after):
            page.up_to = slot.seq - 1
            return False
        expected = max(expected, slot.seq + 1)
    page.note_gap(expected, span.end + 1)
    return True


def _take_slot(page: Page, slot: AnySlot, span: Span, after: int) -> bool:
    if isinstance(slot, Slot):
        return slot.message is None or page.take(slot.message)
    change = slot.change
    if change is None:
        return True
    message = span.states.get(change.message_seq) if change.is_of_message else None
    if message and message.seq > after:
        return True  # the page has it already, as it is now
    state = span.conversation if change.kind == "renamed" else None
    changed = changed_frame(change, slot.seq, message, state.title if state else None)
    version = state.title_version if state else message.newest_version if message else 0
    return page.take_change(part_of(change, slot.seq, message), changed, version)
