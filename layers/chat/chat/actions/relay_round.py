"""What one invocation relays to one sink, and what the sweep finds for it."""

from collections.abc import Sequence

from chat.actions.relay_events import Relayed, SecondsLeft, relay_due, relay_woken
from chat.actions.services import Services, Sink
from chat.protocol.ids import ConversationId
from chat.storage.conversations import some_conversations
from chat.storage.relays import (
    RelayKey,
    RelayState,
    Waiting,
    find_relays,
    find_stop,
    find_sweep_cursor,
    move_sweep_cursor,
    put_in_line,
    waiting,
)

FAULTS_IN_A_ROW = 3
"""After so many faults, in as many conversations, an invocation asks the sink no more."""

WAITING_AT_ONCE = 100
"""How many relays that wait a sweep looks at."""

SWEPT_AT_ONCE = 100
"""How many conversations a sweep looks at for numbers that woke nobody."""

_ASKS_NO_MORE = {Relayed.GONE, Relayed.LEFT_ALONE, Relayed.OUT_OF_TIME}


class Round:
    """Relays conversations to a sink until it, or the invocation's time, is at its end.

    What is not relayed then waits for a sweep.
    """

    def __init__(self, sink: Sink, services: Services, seconds_left: SecondsLeft) -> None:
        self._sink = sink
        self._services = services
        self._seconds_left = seconds_left
        self._faults = 0
        self.is_stopped = find_stop(sink.sink, sink.address) is not None
        self._is_over = self.is_stopped

    def relay_woken(self, conversation_id: ConversationId) -> None:
        """Relay a conversation that has moved, or put it in line."""
        key = RelayKey(conversation_id, self._sink.sink)
        if self._is_over:
            put_in_line(key, self._services.now_ms())
        else:
            self._note(relay_woken(key, self._sink, self._services, self._seconds_left))

    def due(self) -> list[Waiting]:
        """List the relays that are due, the longest due first."""
        if self._is_over:
            return []
        return waiting(self._sink.sink, WAITING_AT_ONCE, due_by=self._services.now_ms())

    def relay_due(self, waits: Waiting) -> None:
        """Relay what waited, unless the round is over."""
        if not self._is_over:
            self._note(relay_due(waits.key, self._sink, self._services, self._seconds_left))

    def measure(self) -> None:
        """Count whether the sink is stopped, and how long its events have been waiting."""
        if self.is_stopped:
            self._services.add_metric("EventsStopped", 1)
        now_ms = self._services.now_ms()
        lags = [now_ms - each.since for each in waiting(self._sink.sink, WAITING_AT_ONCE)]
        self._services.add_metric("EventLagSeconds", max([0, *lags]) // 1000)

    def end(self) -> None:
        self._sink.close()

    def _note(self, relayed: Relayed) -> None:
        match relayed:
            case Relayed.DONE:
                self._faults = 0
            case Relayed.FAULT:
                self._faults += 1
        self._is_over = relayed in _ASKS_NO_MORE or self._faults >= FAULTS_IN_A_ROW


def find_moved(sinks: Sequence[Sink], services: Services) -> None:
    """Put in line what has moved and woke nobody, among the next hundred conversations."""
    last_seqs, swept_up_to = some_conversations(find_sweep_cursor(), SWEPT_AT_ONCE)
    keys = [RelayKey(each, sink.sink) for each in last_seqs for sink in sinks]
    found, now_ms = find_relays(keys), services.now_ms()
    for key in keys:
        if _is_forgotten(found.get(key), last_seqs[key.conversation_id], now_ms):
            put_in_line(key, now_ms)
    move_sweep_cursor(swept_up_to)


def _is_forgotten(relay: RelayState | None, last_seq: int, now_ms: int) -> bool:
    """Tell whether there are numbers that no run is at and that wait for none."""
    if relay is None:
        return last_seq > 0
    is_held = relay.lease_ends_at is not None and relay.lease_ends_at > now_ms
    return last_seq > relay.position and relay.due_at is None and not is_held
