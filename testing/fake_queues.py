"""The queues, as lists of their messages."""

from collections.abc import Sequence
from itertools import batched

from chat.protocol.ids import ConnectionId, ConversationId, UserId
from chat.push.notices import Notice
from chat.push.queue_bodies import QueuedFrame, Shard, Wake, encode_shards, encode_wake
from testing.steps import Step, Steps

CONNECTIONS_A_SHARD = 500
"""As the real publisher has it."""


class FakeQueues:
    """Keeps the messages until a test delivers them."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self.greetings: list[ConnectionId] = []
        self.deadlines: list[tuple[ConnectionId, int]] = []
        self.shards: list[Shard] = []
        self.delays: list[int] = []
        """Of the shards that go on, in seconds."""
        self.wakes: list[tuple[Wake, int]] = []
        """With their delays in seconds."""
        self.file_deletions: list[Sequence[str]] = []
        self.notices: list[tuple[Notice, int]] = []
        """With their delays in seconds."""
        self.looks: list[tuple[UserId, int]] = []
        self.fault: Exception | None = None
        """What publishing a file deletion meets."""

    def publish_greet(self, connection_id: ConnectionId) -> None:
        with self._steps.taking(Step("queue greet", ())):
            self.greetings.append(connection_id)

    def publish_auth_deadline(self, connection_id: ConnectionId, delay_seconds: int) -> None:
        with self._steps.taking(Step("queue auth_deadline", ())):
            self.deadlines.append((connection_id, delay_seconds))

    def publish_shards(
        self,
        conversation_id: ConversationId,
        connection_ids: Sequence[ConnectionId],
        frames: Sequence[QueuedFrame],
    ) -> None:
        with self._steps.taking(Step("queue shard", ())):
            self.shards.append(Shard(conversation_id, connection_ids, frames))

    def publish_later(self, shard: Shard, delay_seconds: int) -> None:
        with self._steps.taking(Step("queue shard", ())):
            self.shards.append(shard)
            self.delays.append(delay_seconds)

    def publish_wake(self, wake: Wake, delay_seconds: int) -> None:
        with self._steps.taking(Step("queue wake", ())):
            self.wakes.append((wake, delay_seconds))

    def take_wakes(self) -> list[str]:
        """Take the wakes, as the queue delivers them."""
        bodies = [encode_wake(wake) for wake, _ in self.wakes]
        self.wakes.clear()
        return bodies

    def take_shards(self) -> list[str]:
        """Take the shards, as the queue delivers them."""
        bodies = [
            body
            for each in self.shards
            for some in batched(each.connection_ids, CONNECTIONS_A_SHARD, strict=False)
            for body in encode_shards(each._replace(connection_ids=some))
        ]
        self.shards.clear()
        return bodies

    def publish_file_deletion(self, keys: Sequence[str], delay_seconds: int) -> None:
        assert delay_seconds > 0
        with self._steps.taking(Step("queue delete_files", ())):
            if self.fault:
                raise self.fault
            self.file_deletions.append(keys)

    def publish_notices(self, notices: Sequence[Notice], delay_seconds: int) -> None:
        with self._steps.taking(Step("queue notify", ())):
            self.notices += [(each, delay_seconds) for each in notices]

    def publish_presence(self, user_id: UserId, delay_seconds: int) -> None:
        with self._steps.taking(Step("queue presence", ())):
            self.looks.append((user_id, delay_seconds))

    def clear(self) -> None:
        """Drop all messages."""
        self.greetings.clear()
        self.deadlines.clear()
        self.shards.clear()
        self.delays.clear()
        self.wakes.clear()
        self.file_deletions.clear()
        self.notices.clear()
        self.looks.clear()
