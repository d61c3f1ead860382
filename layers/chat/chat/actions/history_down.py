"""Pages of history that go down: messages alone, each as it is now."""

from collections.abc import Iterable

from msgspec import Struct

from chat.actions.history_page import Page
from chat.protocol.ids import ConversationId
from chat.storage.changes import ChangeSlot, ChangesRead, all_changes_after
from chat.storage.message_pages import PageRead, numbers_before, taken_numbers
from chat.storage.messages import Slot


class GoingDown(Struct, frozen=True):
    """Reads messages below a number, once the numbers from `after` to `end` are settled."""

    conversation_id: ConversationId
    after: int
    end: int
    before: int
    limit: int

    def changes(self) -> ChangesRead:
        """Read the changes that are settled, before any state."""
        return all_changes_after(self.conversation_id, self.after, self.end)

    def page(self, changes: ChangesRead) -> Page:
        """Read the page, and note which numbers are gaps that could still change its states."""
        page, lowest = Page(self.limit, up_to=self.end), self.before
        missing = set(range(self.after + 1, self.end + 1))
        _remove(missing, changes.slots)
        reads = numbers_before(self.conversation_id, self.before, self.limit + 1)
        for request, read in enumerate(reads):
            is_whole = _take_all(page, read)
            _remove(missing, read.numbers)
            lowest = 0 if read.is_last else read.numbers[-1].seq
            if not is_whole or _is_enough(page, request, read):
                break
        self._note_gaps(page, missing, lowest)
        page.messages.reverse()
        return page

    def _note_gaps(self, page: Page, missing: set[int], lowest: int) -> None:
        # A message that came meanwhile fills a gap elsewhere; in the page itself it has to be read.
        elsewhere = {seq for seq in missing if not lowest <= seq < self.before}
        missing -= elsewhere
        if elsewhere:
            taken = taken_numbers(self.conversation_id, min(elsewhere), max(elsewhere))
            _remove(elsewhere, taken)
        for seq in sorted(missing | elsewhere):
            page.note_gap(seq, seq + 1)


def _remove(numbers: set[int], slots: Iterable[Slot | ChangeSlot]) -> None:
    for slot in slots:
        numbers.difference_update(range(slot.first, slot.seq + 1))


def _take_all(page: Page, read: PageRead) -> bool:
    return all(number.message is None or page.take(number.message) for number in read.numbers)


def _is_enough(page: Page, request: int, read: PageRead) -> bool:
    """Leave the rest to the next page if two requests were made and something was found."""
    page.has_more = bool(request and not page.is_empty) and not read.is_last
    return page.has_more
