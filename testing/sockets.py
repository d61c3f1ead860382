"""The sockets behind `@connections`, and what each received."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from chat.protocol.ids import ConnectionId
from chat.protocol.limits import MAX_FRAME_BYTES
from chat.push.limits import INLINE, Allowance
from chat.push.post import Outcome
from testing.steps import Steps, on_sockets

type Frame = dict[str, Any]


class Sockets:
    """Delivers to open sockets; a test can make pushes and closes fail."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self.open: set[ConnectionId] = set()
        self.received: dict[ConnectionId, list[Frame]] = defaultdict(list)
        self.allowed: list[Allowance] = []
        self.fault: Callable[[ConnectionId], Outcome | None] = lambda _: None
        self.close_fault: Callable[[ConnectionId], Outcome | None] = lambda _: None

    def push(
        self,
        connection_ids: Iterable[ConnectionId],
        frame: bytes,
        allowance: Allowance = INLINE,
    ) -> dict[ConnectionId, Outcome]:
        asked = list(connection_ids)
        self.allowed.append(allowance)
        assert len(frame) <= MAX_FRAME_BYTES
        with self._steps.taking(on_sockets("push", asked)):
            return {each: self._push_one(each, frame) for each in asked}

    def close_connection(
        self, connection_id: ConnectionId, allowance: Allowance = INLINE
    ) -> Outcome:
        self.allowed.append(allowance)
        with self._steps.taking(on_sockets("close", [connection_id])):
            if connection_id not in self.open:
                return Outcome.GONE
            outcome = self.close_fault(connection_id)
            if outcome is not None:
                return outcome
            self.open.discard(connection_id)
            return Outcome.DELIVERED

    def _push_one(self, connection_id: ConnectionId, frame: bytes) -> Outcome:
        outcome = self.fault(connection_id)
        if outcome is None:
            outcome = Outcome.DELIVERED if connection_id in self.open else Outcome.GONE
        if outcome is Outcome.DELIVERED:
            self.received[connection_id].append(json.loads(frame))
        return outcome
