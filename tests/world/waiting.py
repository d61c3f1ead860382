"""The queues, as lists of what waits in them."""

from collections.abc import Sequence

from chat.protocol.ids import ConnectionId, ConversationId


class Waiting:
    """Takes what the queues would; a test hands it on when it likes."""

    def __init__(self) -> None:
        self.greetings: list[ConnectionId] = []
        self.deadlines: list[tuple[ConnectionId, int]] = []
        self.shards: list[tuple[ConversationId, Sequence[ConnectionId], bytes]] = []

    def greet(self, connection_id: ConnectionId) -> None:
        self.greetings.append(connection_id)

    def auth_deadline(self, connection_id: ConnectionId, delay_seconds: int) -> None:
        self.deadlines.append((connection_id, delay_seconds))

    def shard(
        self, conversation_id: ConversationId, connection_ids: Sequence[ConnectionId], frame: bytes
    ) -> int:
        self.shards.append((conversation_id, connection_ids, frame))
        return 1
