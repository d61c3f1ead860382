"""Relaying the events of one conversation to a sink, in the order of their numbers.

A sink is like a client that never sleeps: it has a position in each conversation, and reads on from
there like `history`. It gets each number that has something at least once, the first time in order.
"""

import logging
from collections.abc import Callable
from enum import Enum
from itertools import batched

from chat.actions.relay_page import EventPage, EventsAfter
from chat.actions.services import Services, Sink
from chat.actions.settling import settled_page
from chat.push.events import Delivery, Event
from chat.storage.conversations import ConversationState, find_conversation
from chat.storage.relays import (
    Claim,
    LeaseLost,
    RelayKey,
    claim,
    forget_relay,
    put_in_line,
    put_off,
    release,
    renew,
    stop_sink,
    wake,
)

_log = logging.getLogger(__name__)

GAP_PAUSES_SECONDS = (0.1, 0.4, 1.0)
"""Longer than a client of `history` waits: nobody waits for an event, and sealing has a price."""

SECONDS_OF_A_REQUEST = 20.0
"""What a request to a sink may take, with the writes around it. Less is too late to begin."""

RENEW_SECONDS = 30
"""After this long a run extends its lease, which then covers one more request."""

FIRST_RETRY_SECONDS = 5
LAST_RETRY_SECONDS = 60 * 60

type SecondsLeft = Callable[[], float]


class Relayed(Enum):
    DONE = "everything was sent"
    NOT_NOW = "another run holds it, or it waits until it is due"
    OUT_OF_TIME = "the invocation has no time left"
    FAULT = "the sink did not accept an event"
    LEFT_ALONE = "nor does it want to be asked for a while"
    GONE = "the sink wants no more events"


def relay_woken(
    key: RelayKey, sink: Sink, services: Services, seconds_left: SecondsLeft
) -> Relayed:
    """Relay a conversation that has moved; a run that holds it already reads again."""
    relayed = relay_due(key, sink, services, seconds_left)
    if relayed is not Relayed.NOT_NOW or not wake(key, services.now_ms()):
        return relayed
    relayed = relay_due(key, sink, services, seconds_left)
    if relayed is Relayed.NOT_NOW:
        put_in_line(key, services.now_ms())
    return relayed


def relay_due(key: RelayKey, sink: Sink, services: Services, seconds_left: SecondsLeft) -> Relayed:
    """Relay a conversation if it is due and no other run holds it."""
    held = claim(key, services.new_id(), services.now_ms())
    if held is None:
        return Relayed.NOT_NOW
    try:
        return _Run(sink, services, seconds_left, held).relay()
    except LeaseLost:
        return Relayed.NOT_NOW


def retry_seconds(failures: int, random: float) -> float:
    """Return how long to wait after so many failures in a row; `random` is from 0 to 1."""
    longest = min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** min(failures - 1, 20))
    return longest * (1 + random) / 2


class _Run:
    """One run over one conversation."""

    def __init__(
        self, sink: Sink, services: Services, seconds_left: SecondsLeft, held: Claim
    ) -> None:
        self._sink = sink
        self._services = services
        self._seconds_left = seconds_left
        self._held = held
        self._position = held.position
        self._renewed_at = services.now_ms()

    def relay(self) -> Relayed:
        """Send page after page until nothing is left."""
        while conversation := find_conversation(self._held.key.conversation_id):
            if not self._has_time():
                return self._put_off(Relayed.OUT_OF_TIME)
            page = self._read(conversation)
            stopped = self._send(page.events)
            if stopped:
                return stopped
            self._position = page.up_to
            if page.up_to >= conversation.last_seq and release(self._held, self._position):
                return Relayed.DONE
            self._renew()
        forget_relay(self._held)
        return Relayed.DONE

    def _read(self, conversation: ConversationState) -> EventPage:
        room, last_seq = conversation.conversation_id, conversation.last_seq
        reading = EventsAfter(room, self._position, last_seq)
        return settled_page(reading, reading.changes(), GAP_PAUSES_SECONDS, self._services.sleep)

    def _send(self, events: list[Event]) -> Relayed | None:
        """Send what is to be sent of a page; if that did not end well, why."""
        wanted = [each for each in events if self._held.is_replayed or self._is_new(each)]
        for some in batched(wanted, self._sink.at_once, strict=False):
            if not self._has_time():
                return self._put_off(Relayed.OUT_OF_TIME)
            if self._services.now_ms() - self._renewed_at > RENEW_SECONDS * 1000:
                self._renew()
            delivery = self._sink.send(some)
            self._count(delivery, some)
            if delivery.fault:
                return self._give_up(delivery)
        return None

    def _has_time(self) -> bool:
        return self._seconds_left() >= SECONDS_OF_A_REQUEST

    def _is_new(self, event: Event) -> bool:
        # Both are RFC 3339 in UTC; the limit has no fraction of a second.
        return event.time >= self._services.limits.events_since.removesuffix("Z")

    def _count(self, delivery: Delivery, events: tuple[Event, ...]) -> None:
        if delivery.accepted:
            self._position = events[delivery.accepted - 1].seq
            self._services.add_metric("EventsSent", delivery.accepted)

    def _give_up(self, delivery: Delivery) -> Relayed:
        self._services.add_metric("EventRequestsFailed", 1)
        about = {"sink": self._sink.sink, "conversation_id": self._held.key.conversation_id}
        _log.warning("an event was not accepted: %s", delivery.fault, extra=about)
        if delivery.is_gone:
            stop_sink(self._sink.sink, self._sink.address, self._services.now_ms())
            return self._put_off(Relayed.GONE)
        return self._retry_later(min(delivery.retry_after_seconds, LAST_RETRY_SECONDS))

    def _retry_later(self, asked_seconds: float) -> Relayed:
        failures = 1 if self._position > self._held.position else self._held.failures + 1
        wait_seconds = max(asked_seconds, retry_seconds(failures, self._services.random()))
        why = Relayed.LEFT_ALONE if asked_seconds else Relayed.FAULT
        return self._put_off(why, failures, wait_seconds)

    def _put_off(self, why: Relayed, failures: int = 0, wait_seconds: float = 0.0) -> Relayed:
        now_ms, failures = self._services.now_ms(), failures or self._held.failures
        put_off(self._held, self._position, failures, now_ms + round(wait_seconds * 1000), now_ms)
        return why

    def _renew(self) -> None:
        self._renewed_at = self._services.now_ms()
        self._held = renew(self._held, self._position, self._renewed_at)
