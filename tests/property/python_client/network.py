"""Clients of the real service, and a network between them that is as bad as a test wants.

The service is its own handlers, in memory. Time passes when the test says so.
"""

import heapq
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from parley_client.engine.context import Clock
from parley_client.engine.effects import Close, Effect, Open, Send
from parley_client.engine.engine import Engine, Hooks
from parley_client.engine.sign_in import Credentials
from parley_client.timing import Timing

from chat.protocol.ids import ConnectionId
from chat.push.queue_bodies import encode_wake
from clients.python.tests.support.owner import Following, Waiting
from testing.simulation import PASSWORD_OF_ALL, Simulation
from testing.sockets import Frame

FAILURE = json.dumps({"message": "Internal server error", "connectionId": "c", "requestId": "aws"})


@dataclass(frozen=True)
class Faults:
    """How likely each is for one frame."""

    lose: float = 0.0
    """A push does not arrive."""
    repeat: float = 0.0
    """A push arrives twice."""
    cut: float = 0.0
    """The connection ends just there, noticed by the client or only by its heartbeat."""
    fail: float = 0.0
    """API Gateway answers with a failure of its own, before or after the frame is handled."""
    slowest_seconds: float = 0.001
    """Each frame takes from almost nothing to this long: frames overtake each other."""


class Network:
    """The way between clients and the service. Frames of one connection overtake each other."""

    def __init__(self, simulation: Simulation, random: Random) -> None:
        self.simulation = simulation
        self.random = random
        self.faults = Faults()
        self.is_up = True
        self.now = 0.0
        self.frames = 0
        """How many frames were on their way, in either direction."""
        self.cut_at: int | None = None
        """The frame that ends its connection."""
        self.is_cut_noticed = True
        self._start_ms = simulation.now_ms
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._scheduled = 0
        self._people: list[Person] = []
        self._owners: dict[ConnectionId, tuple[Person, int]] = {}

    def joins(self, person: "Person") -> None:
        self._people.append(person)

    def passes(self, seconds: float) -> None:
        """Let time pass, and everything happen that is due in it, in order."""
        end = self.now + seconds
        self._settle()
        while (at := self._next_at()) <= end:
            self._set_time(max(self.now, at))
            while self._heap and self._heap[0][0] <= self.now:
                heapq.heappop(self._heap)[2]()
            for person in self._people:
                person.engine.tick()
            self._settle()
        self._set_time(end)

    def goes_down(self) -> None:
        """End every connection, and let no other begin."""
        self.is_up = False
        for connection_id in list(self._owners):
            self._ends(connection_id, is_noticed=True)

    def heals(self) -> None:
        self.is_up = True
        self.faults = Faults()

    # What clients do.

    def opens(self, person: "Person", connection: int) -> None:
        def arrive() -> None:
            if not self.is_up:
                person.engine.lost(connection)
                return
            connection_id = self.simulation.connect()
            self._owners[connection_id] = (person, connection)
            person.connections[connection] = connection_id
            person.engine.opened(connection)

        self._later(arrive)

    def sends(self, person: "Person", connection: int, text: str) -> None:
        connection_id = person.connections.get(connection)
        if connection_id is None:
            return
        if self._is_cut(connection_id):
            return

        def arrive() -> None:
            if connection_id not in self._owners:
                return
            if self._happens(self.faults.fail / 2):
                self._comes(connection_id, FAILURE)
                return
            reply = self.simulation.send(connection_id, text)
            self._works_off_queue()
            self._pushes()
            if self._happens(self.faults.fail / 2):
                self._comes(connection_id, FAILURE)
            elif reply is not None:
                self._returns(connection_id, reply)

        self._later(arrive)

    def closes(self, person: "Person", connection: int) -> None:
        connection_id = person.connections.pop(connection, None)
        if connection_id in self._owners:
            self._ends(connection_id, is_noticed=False)

    # What the service does.

    def _works_off_queue(self) -> None:
        """Deliver later what functions queued for a big room."""
        queues = self.simulation.queues
        wakes = [(encode_wake(wake), delay) for wake, delay in queues.wakes]
        queues.wakes.clear()
        for body, delay_seconds in [*wakes, *((body, 0) for body in queues.take_shards())]:
            self._later(partial(self._consumes, body), delay_seconds)

    def _consumes(self, body: str) -> None:
        self.simulation.consume("fanout", body)
        self._works_off_queue()
        self._pushes()

    def _returns(self, connection_id: ConnectionId, frame: Frame) -> None:
        if not self._is_cut(connection_id):
            self._comes(connection_id, json.dumps(frame))

    def _pushes(self) -> None:
        for connection_id in list(self._owners):
            received = self.simulation.sockets.received[connection_id]
            frames, received[:] = list(received), []
            for frame in frames:
                self._pushes_one(connection_id, frame)

    def _pushes_one(self, connection_id: ConnectionId, frame: Frame) -> None:
        if self._happens(self.faults.lose) or self._is_cut(connection_id):
            return
        for _ in range(1 + self._happens(self.faults.repeat)):
            self._comes(connection_id, json.dumps(frame))

    def _comes(self, connection_id: ConnectionId, text: str) -> None:
        def arrive() -> None:
            if connection_id in self._owners:
                person, connection = self._owners[connection_id]
                person.engine.received(connection, text)

        self._later(arrive)

    # What goes wrong.

    def _is_cut(self, connection_id: ConnectionId) -> bool:
        """Count a frame, and end its connection if it is to end just there."""
        self.frames += 1
        if self.frames == self.cut_at:
            self._ends(connection_id, is_noticed=self.is_cut_noticed)
        elif self._happens(self.faults.cut):
            self._ends(connection_id, is_noticed=self._happens(0.5))
        return connection_id not in self._owners

    def _ends(self, connection_id: ConnectionId, *, is_noticed: bool) -> None:
        if connection_id not in self._owners:
            return
        person, connection = self._owners.pop(connection_id)
        self.simulation.disconnect(connection_id, announced=self._happens(0.5))
        if is_noticed:
            self._later(lambda: person.engine.lost(connection))

    def _happens(self, share: float) -> bool:
        return self.random.random() < share

    # Time.

    def _later(self, run: Callable[[], None], delay_seconds: float = 0.0) -> None:
        self._scheduled += 1
        at = self.now + delay_seconds + self.random.random() * self.faults.slowest_seconds
        heapq.heappush(self._heap, (at, self._scheduled, run))

    def _next_at(self) -> float:
        times = [person.engine.next_at for person in self._people]
        due = [at for at in times if at is not None]
        return min([*due, *(at for at, _, _ in self._heap[:1])], default=float("inf"))

    def _set_time(self, now: float) -> None:
        self.now = now
        self.simulation.now_ms = self._start_ms + round(now * 1000)

    def _settle(self) -> None:
        """Carry out what the clients want, until they want nothing more."""
        while sum(person.acts() for person in self._people):
            pass


class Person:
    """A user with one client, and what the user did and saw."""

    def __init__(self, name: str, network: Network) -> None:
        self.name = name
        self.connections: dict[int, ConnectionId] = {}
        self.sent: dict[str, Waiting] = {}
        """By their client message ids, those that were not cancelled."""
        self.cancelled: set[str] = set()
        self.following: list[Following] = []
        self.slow: set[int] = set()
        """The consumers that take nothing just now, by their places."""
        self._network = network
        start = datetime.fromtimestamp(network.simulation.now_ms / 1000, UTC)
        clock = Clock(
            lambda: network.now,
            lambda: start + timedelta(seconds=network.now),
            network.random.random,
        )
        credentials = Credentials(username=name, password=PASSWORD_OF_ALL)
        hooks = Hooks(lambda _, __: None, lambda _: None, lambda: None)
        self.engine = Engine(credentials, clock, hooks, replace(Timing(), call_seconds=1e6))
        network.joins(self)
        self.engine.start()

    def says(self, content: str, to: str) -> None:
        waiting, key = Waiting(), f"{self.name} {len(self.sent) + len(self.cancelled)}"
        self.sent[key] = waiting
        frame = {"type": "chat_message", "conversationId": to, "clientMessageId": key}
        waiting.handle = self.engine.send({**frame, "data": {"content": content}}, waiting.done)

    def cancels(self) -> None:
        """Cancel the last message that is not stored yet."""
        for key, waiting in reversed(self.sent.items()):
            if not waiting.outcomes:
                self.engine.cancel_send(waiting.handle)
                self.cancelled.add(key)
                del self.sent[key]
                return

    def requests(self, frame: Frame) -> Waiting:
        waiting = Waiting()
        waiting.handle = self.engine.call(frame, waiting.done)
        return waiting

    def follows(self, conversation_id: str, after: int | None, capacity: int) -> Following:
        self.following.append(Following(self.engine, conversation_id, after, capacity))
        return self.following[-1]

    def acts(self) -> bool:
        """Carry out what the engine wants, and read what came. False if there was nothing."""
        effects = self.engine.take_effects()
        for effect in effects:
            self._carry_out(effect)
        for place, each in enumerate(self.following):
            if place not in self.slow:
                each.takes()
        return bool(effects)

    def _carry_out(self, effect: Effect) -> None:
        if isinstance(effect, Open):
            self._network.opens(self, effect.connection)
        elif isinstance(effect, Send):
            self._network.sends(self, effect.connection, effect.text)
        elif isinstance(effect, Close):
            self._network.closes(self, effect.connection)
