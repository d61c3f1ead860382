"""The queues, as lists of what waits in them."""

from collections.abc import Sequence

from chat.protocol.ids import ConnectionId, ConversationId
from testing.steps import Step, Steps


class FakeQueues:
    """Takes what the queues would; a test hands it on when it likes."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self.greetings: list[ConnectionId] = []
        self.deadlines: list[tuple[ConnectionId, int]] = []
        self.shards: list[tuple[ConversationId, Sequence[ConnectionId], bytes]] = []

    def greet(self, connection_id: ConnectionId) -> None:
        with self._steps.taking(Step("queue greet", ())):
            self.greetings.append(connection_id)

    def auth_deadline(self, connection_id: ConnectionId, delay_seconds: int) -> None:
        with self._steps.taking(Step("queue auth_deadline", ())):
            self.deadlines.append((connection_id, delay_seconds))

    def shard(
        self, conversation_id: ConversationId, connection_ids: Sequence[ConnectionId], frame: bytes
    ) -> None:
        with self._steps.taking(Step("queue shard", ())):
            self.shards.append((conversation_id, connection_ids, frame))

    def clear(self) -> None:
        """Forget whatever waits."""
        self.greetings.clear()
        self.deadlines.clear()
        self.shards.clear()
