"""A consumer of events in memory, and the streams and the sweep that have events relayed to it."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from chat.actions.relay_round import Round
from chat.protocol.ids import ConversationId
from chat.push.events import Delivery, Event, encode_event
from chat.runtime.relay_handler import relay_handler
from chat.runtime.replies import Answer
from chat.storage.relays import LEASE_SECONDS, RelayKey, find_relay, rewind
from testing.invariants import rows
from testing.simulation import Simulation
from testing.steps import Place, Step

SINK = "webhook"


class Consumer:
    """Accepts events, unless a test says otherwise; keeps what arrived, repeated ones too."""

    sink = SINK

    def __init__(self, simulation: Simulation, at_once: int = 1) -> None:
        self.address = "https://consumer.example/events"
        self._steps = simulation.steps
        self.at_once = at_once
        self.arrived: list[dict[str, Any]] = []
        self.requests = 0
        self.answers: Callable[[Event], str | None] = lambda _: None
        """Gives the fault with which an event is not accepted, or None."""
        self.retry_after_seconds = 0.0
        """How long it asks to be left alone after a fault."""

    def send(self, events: Sequence[Event]) -> Delivery:
        with self._steps.taking(_on_consumer(events)):
            return self._take(events)

    def answers_with(self, answers: Callable[[Event], str | None]) -> None:
        self.answers = answers

    def close(self) -> None: ...

    def _take(self, events: Sequence[Event]) -> Delivery:
        self.requests += 1
        for accepted, event in enumerate(events):
            if fault := self.answers(event):
                is_gone, asked = fault == "HTTP 410", self.retry_after_seconds
                return Delivery(accepted, fault, is_gone=is_gone, retry_after_seconds=asked)
            self.arrived.append(json.loads(encode_event(event, "parley")))
        return Delivery(len(events))

    def numbers(self, conversation_id: str) -> list[int]:
        """List the numbers of a conversation in the order in which they arrived."""
        return [each["data"]["seq"] for each in self.arrived if each["subject"] == conversation_id]

    def first_numbers(self, conversation_id: str) -> list[int]:
        """List them without those that had arrived before, as a consumer uses them."""
        return list(dict.fromkeys(self.numbers(conversation_id)))


def _on_consumer(events: Sequence[Event]) -> Step:
    places = (Place("consumer", each.conversation_id, None, is_written=True) for each in events)
    return Step("send", tuple(places))


class Relay:
    """The function `relay_events` of a simulation, with a consumer as its sink."""

    def __init__(self, simulation: Simulation, *, at_once: int = 1) -> None:
        self.simulation = simulation
        self.consumer = Consumer(simulation, at_once)
        self.seconds_left: Callable[[], float] = lambda: 120.0
        simulation.sinks = [self.consumer]
        self._handle = relay_handler(lambda: simulation.services)

    def wakes(self, *conversation_ids: str) -> Answer:
        """Invoke as a stream does, with a record for each conversation."""
        return self.invoke({"Records": [record(each) for each in conversation_ids]})

    def sweeps(self) -> Answer:
        return self.invoke({"detail-type": "Scheduled Event"})

    def invoke(self, event: dict[str, Any]) -> Answer:
        return self._handle(event, self)

    def rewinds(self, conversation_id: str, seq: int) -> None:
        """Have everything from a number on sent again, as the operator's command does."""
        key = RelayKey(ConversationId(conversation_id), SINK)
        rewind(key, seq - 1, self.simulation.now_ms)

    def sweeps_of_what_waits(self) -> None:
        """Relay only what waits in line, without the search for what nobody was woken for."""
        one = Round(self.consumer, self.simulation.services, self.seconds_left)
        for waits in one.due():
            one.relay_due(waits)

    def sweeps_until_quiet(self, *, at_most: int = 400) -> None:
        """Sweep minute by minute, past the longest lease and back-off, until nothing is left."""
        for _ in range(at_most):
            self.simulation.advance_time(LEASE_SECONDS)
            self.sweeps()
            if not self.is_behind():
                return
        raise AssertionError("events are still waiting")

    def is_behind(self) -> bool:
        """Tell, without a request of the relay's, whether any number was not passed yet."""
        return any(
            row["last_seq"] > self.position(str(row["conversation_id"]))
            for row in rows("ConversationsTable")
        )

    def position(self, conversation_id: str) -> int:
        found = find_relay(RelayKey(ConversationId(conversation_id), SINK))
        return found.position if found else 0

    # The context that Lambda passes.

    aws_request_id = "5f3c1c1e-7a54-4c5e-9f10-3d5d3e0c8a11"

    def get_remaining_time_in_millis(self) -> int:
        return round(self.seconds_left() * 1000)


def record(conversation_id: str, number: str = "111") -> dict[str, Any]:
    """Make a record of a stream that has keys alone."""
    keys = {"conversation_id": {"S": conversation_id}, "seq": {"N": "1"}}
    change = {"Keys": keys, "SequenceNumber": number, "StreamViewType": "KEYS_ONLY"}
    return {"eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": change}


def used_numbers(conversation_id: str) -> list[int]:
    """List the numbers that have a message or a change, without a request."""
    found: Iterable[dict[str, Any]] = [*rows("MessagesTable"), *rows("ChangesTable")]
    by_conversation: dict[str, set[int]] = defaultdict(set)
    for row in found:
        if not row.get("unused"):
            by_conversation[row["conversation_id"]].add(int(row["seq"]))
    return sorted(by_conversation[conversation_id])
