from functools import partial

from msgspec import Struct, UnsetType, field

from chat.actions.authorization import require_membership, require_session_within_rate
from chat.actions.services import Services
from chat.protocol.client_frames import History
from chat.protocol.encoding import encode
from chat.protocol.errors import BadRequest
from chat.protocol.ids import ConnectionId, ConversationId
from chat.protocol.limits import MAX_MESSAGE_BYTES
from chat.protocol.server_frames import HistoryPage, HistoryPageData, Message
from chat.storage.conversations import find_conversation
from chat.storage.database import gather, gather_two
from chat.storage.message_pages import PageRead, messages_before, slots_after
from chat.storage.messages import seal_gap

GAP_PAUSES_SECONDS = (0.05, 0.1)
"""Pauses to wait for a message that is being stored, before its number is sealed."""

MAX_GAPS = 20
"""How many numbers are sealed at once."""


class _Page(Struct):
    """Messages as they are met, until one page holds no more."""

    limit: int
    messages: list[Message] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    has_more: bool = False
    _free_bytes: int = MAX_MESSAGE_BYTES

    def take(self, message: Message) -> bool:
        """Take a message up; False, and there is more, where it does not fit."""
        self._free_bytes -= len(encode(message)) + 1
        fits = len(self.messages) < self.limit and (self._free_bytes >= 0 or not self.messages)
        if fits:
            self.messages.append(message)
        self.has_more = not fits
        return fits

    def take_all(self, read: PageRead) -> bool:
        return all(number.message is None or self.take(number.message) for number in read.numbers)

    def is_enough(self, request: int, read: PageRead) -> bool:
        """Tell whether to leave the rest to the next page: the second request was made, in vain."""
        self.has_more = bool(request and self.messages) and not read.is_last
        return self.has_more

    def note_gap(self, start: int, end: int) -> None:
        """Note numbers that were given out and have neither a message nor a mark."""
        self.gaps.extend(range(start, end)[: MAX_GAPS - len(self.gaps)])


def history(frame: History, connection_id: ConnectionId, services: Services) -> HistoryPage:
    """List messages after a number, before a number, or the newest, ascending.

    Going up, a page is final: no message is ever stored later under a number that it passed.

    It holds nothing newer than the conversation was before the membership was checked, so that a
    member who is removed meanwhile reads nothing that is sent afterwards.
    """
    after, before = frame.data.after_seq, frame.data.before_seq
    if not isinstance(after, UnsetType) and not isinstance(before, UnsetType):
        raise BadRequest("Ask for messages after a number or before one.", "data.before_seq")
    session, conversation = gather_two(
        lambda: require_session_within_rate("history", connection_id, services),
        lambda: find_conversation(frame.conversation_id),
    )
    require_membership(session, frame.conversation_id)
    last_seq = conversation.last_seq if conversation else 0
    limit = frame.data.limit
    if isinstance(after, UnsetType):
        end = last_seq + 1
        before_seq = end if isinstance(before, UnsetType) else min(before, end)
        page = _page_before(frame.conversation_id, before_seq, limit)
    else:
        page = _settled_page_after(frame.conversation_id, after, last_seq, limit, services)
    return HistoryPage(data=HistoryPageData(frame.conversation_id, page.messages, page.has_more))


def _page_before(conversation_id: ConversationId, before: int, limit: int) -> _Page:
    page = _Page(limit)
    for request, read in enumerate(messages_before(conversation_id, before, limit + 1)):
        if not page.take_all(read) or page.is_enough(request, read):
            break
    page.messages.reverse()
    return page


def _settled_page_after(
    conversation_id: ConversationId, after: int, last_seq: int, limit: int, services: Services
) -> _Page:
    """Read a page going up: wait for the messages missing in it, then seal their numbers."""
    pauses = iter(GAP_PAUSES_SECONDS)
    while True:
        page = _page_after(conversation_id, after, last_seq, limit)
        if not page.gaps:
            return page
        pause_seconds = next(pauses, None)
        if pause_seconds is None:
            gather(*(partial(seal_gap, conversation_id, seq) for seq in page.gaps))
        else:
            services.sleep(pause_seconds)


def _page_after(conversation_id: ConversationId, after: int, last_seq: int, limit: int) -> _Page:
    page, expected = _Page(limit), after + 1
    for request, read in enumerate(slots_after(conversation_id, after, last_seq, limit + 1)):
        for number in read.numbers:
            page.note_gap(expected, number.first)
            expected = number.seq + 1
            if number.message and not page.take(number.message):
                return page
        if page.is_enough(request, read):
            return page
    page.note_gap(expected, last_seq + 1)
    return page
