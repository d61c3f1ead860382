"""The order of what takes a number in one conversation."""

from collections.abc import Iterable

from parley_client.changes import after_events, changes_of, later_state
from parley_client.records import (
    Event,
    Message,
    Page,
)


class Sequence:
    """Takes events in any order, any number of times, and releases each once and in order.

    An event is released once all before it were, or are known not to exist.
    """

    def __init__(self, after: int) -> None:
        self.position = after
        """All up to here is released or does not exist. A heartbeat reports this number."""
        self._settled = after
        self._held: dict[int, Event] = {}

    @property
    def has_gap(self) -> bool:
        """Whether something waits for what is missing before it."""
        return bool(self._held)

    @property
    def held(self) -> int:
        """How many events wait."""
        return len(self._held)

    def add(self, events: Iterable[Event]) -> list[Event]:
        """Take events; returns those that are released now."""
        for event in events:
            if event.seq is not None and event.seq > self.position:
                self._hold(event.seq, event)
        return self._release()

    def settle(self, page: Page) -> list[Event]:
        """Take a page of all after some position up to now: what it leaves out does not exist."""
        # A page has its messages as they are, without their changes. Those that were released
        # before the page came may have been older: they have changed.
        overtaken = [each for each in page.messages if each.seq <= self.position]
        changes = (change for message in overtaken for change in changes_of(message))
        for event in (*page.messages, *page.changes, *changes):
            if event.seq is not None and event.seq > self.position:
                self._hold(event.seq, event)
        self._settled = max(self._settled, page.up_to)
        return self._release()

    def _hold(self, seq: int, event: Event) -> None:
        held = self._held.get(seq, event)
        if isinstance(held, Message) and isinstance(event, Message):
            held = later_state(held, event)
        self._held[seq] = held

    def _release(self) -> list[Event]:
        released: list[Event] = []
        for seq in sorted(self._held):
            if seq > max(self.position, self._settled) + 1:
                break
            released.append(self._held.pop(seq))
            self.position = seq
        self.position = max(self.position, self._settled)
        return [self._as_known(event, released[index:]) for index, event in enumerate(released, 1)]

    def _as_known(self, event: Event, later: list[Event]) -> Event:
        """Return a message as it is, so that nothing comes that a deletion has removed since."""
        if not isinstance(event, Message):
            return event
        return after_events(event, (*later, *(self._held[seq] for seq in sorted(self._held))))
