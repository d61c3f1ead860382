"""The queues, as lists of their messages."""

from collections.abc import Sequence

from chat.protocol.ids import ConnectionId, ConversationId
from testing.steps import Step, Steps


class FakeQueues:
    """Keeps the messages until a test delivers them."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self.greetings: list[ConnectionId] = []
        self.deadlines: list[tuple[ConnectionId, int]] = []
        self.shards: list[tuple[ConversationId, Sequence[ConnectionId], bytes]] = []

    def publish_greet(self, connection_id: ConnectionId) -> None:
        with self._steps.taking(Step("queue greet", ())):
            self.greetings.append(connection_id)

    def publish_auth_deadline(self, connection_id: ConnectionId, delay_seconds: int) -> None:
        with self._steps.taking(Step("queue auth_deadline", ())):
            self.deadlines.append((connection_id, delay_seconds))

    def publish_shards(
        self, conversation_id: ConversationId, connection_ids: Sequence[ConnectionId], frame: bytes
    ) -> None:
        with self._steps.taking(Step("queue shard", ())):
            self.shards.append((conversation_id, connection_ids, frame))

    def clear(self) -> None:
        """Drop all messages."""
        self.greetings.clear()
        self.deadlines.clear()
        self.shards.clear()
