"""One conversation on its way to one consumer."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from parley_client.changes import apply_change
from parley_client.engine.context import Context
from parley_client.engine.sequence import Sequence
from parley_client.engine.timers import Timer
from parley_client.errors import ParleyError
from parley_client.records import (
    Event,
    Message,
    MessageChanged,
    Page,
)

PAGE = 100
"""The most that the service puts on one page."""


@dataclass(frozen=True)
class Range:
    """Which page of history is asked for: what comes after a number, or the newest."""

    after: int | None
    limit: int


@dataclass(frozen=True)
class Consumer:
    capacity: int
    """How many events may wait for it."""
    on_ready: Callable[[], None]
    """There is something to take."""


class Stream:
    """Messages and changes of a conversation from a number on, in order, once and without holes.

    It keeps at most twice `capacity` events for its consumer. While `capacity` are waiting it drops
    what is pushed. It asks for that, by `history`, once the consumer has taken half.
    """

    def __init__(
        self,
        conversation_id: str,
        after: int | None,
        consumer: Consumer,
        context: Context,
        on_behind: Callable[["Stream"], None],
    ) -> None:
        self.conversation_id = conversation_id
        self.error: ParleyError | None = None
        """Why nothing more comes, once it is so."""
        self._sequence = None if after is None else Sequence(after)
        self._timers = context.timers
        self._gap_seconds = context.timing.gap_seconds
        self._capacity = consumer.capacity
        self._on_ready = consumer.on_ready
        self._on_behind = on_behind
        self._buffer: OrderedDict[int, Event] = OrderedDict()
        self._is_behind = True
        self._gap_timer: Timer | None = None

    @property
    def position(self) -> int | None:
        """What is known without asking; None until the stream has begun."""
        return self._sequence.position if self._sequence else None

    @property
    def wants_page(self) -> bool:
        has_room = 2 * len(self._buffer) <= self._capacity
        return self._is_behind and has_room and self.error is None

    @property
    def range(self) -> Range:
        """The page that it wants next."""
        if self._sequence is None:
            return Range(None, 1)
        return Range(self._sequence.position, min(PAGE, self._capacity - len(self._buffer)))

    def push(self, event: Event) -> None:
        """Take what the service pushed, in any order, any number of times."""
        if self._sequence is None or self._is_full(self._sequence):
            self._is_behind = True
        else:
            self._deliver(self._sequence.add([event]))
            self._watch_gap()

    def fall_behind(self, last_seq: int | None = None) -> None:
        """Ask for what came after the position: a push of it may have been lost."""
        if self._sequence and last_seq is not None and last_seq <= self._sequence.position:
            return
        self._is_behind = True
        self._on_behind(self)

    def page_asked(self) -> None:
        self._is_behind = False

    def page_came(self, asked: Range, page: Page) -> None:
        """Take the page that was asked for."""
        if self._sequence is None:
            self._sequence = Sequence(page.up_to)
            if self._is_behind:
                self.fall_behind()
            return
        self._deliver(self._sequence.settle(page))
        leads_on = asked.after is None or page.up_to > asked.after
        if (page.has_more and leads_on) or self._is_behind:
            self.fall_behind()
        self._watch_gap()

    def take(self) -> Event | None:
        """Return the next event for the consumer, or None if there is none yet."""
        if not self._buffer:
            return None
        _, event = self._buffer.popitem(last=False)
        if self._is_behind:
            self._on_behind(self)
        return event

    def end(self, error: ParleyError) -> None:
        """Bring nothing more but what the consumer has not taken yet."""
        if self.error:
            return
        self.error = error
        if self._gap_timer:
            self._gap_timer.cancel()
        self._on_ready()

    def _is_full(self, sequence: Sequence) -> bool:
        return len(self._buffer) + sequence.held >= self._capacity

    def _deliver(self, events: list[Event]) -> None:
        for event in events:
            self._change_waiting(event)
            assert event.seq is not None  # noqa: S101 -- a sequence holds nothing else
            self._buffer[event.seq] = event
        if events:
            self._on_ready()

    def _change_waiting(self, event: Event) -> None:
        """Bring a message that the consumer has not taken yet up to date."""
        if not isinstance(event, MessageChanged):
            return
        seq = event.message_id.rpartition(":")[2]
        waiting = self._buffer.get(int(seq)) if seq.isdecimal() else None
        if isinstance(waiting, Message):
            self._buffer[waiting.seq] = apply_change(waiting, event)

    def _watch_gap(self) -> None:
        """Pushes overtake each other: what looks like a gap mostly closes a moment later."""
        if self._sequence is None or not self._sequence.has_gap:
            return
        if self._gap_timer is None or not self._gap_timer.is_pending:
            self._gap_timer = self._timers.after(self._gap_seconds, self._ask_for_gap)

    def _ask_for_gap(self) -> None:
        if self._sequence and self._sequence.has_gap:
            self.fall_behind()
