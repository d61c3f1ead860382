"""Publishes messages to the queues, each for one function."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import TYPE_CHECKING, cast

import msgspec

from chat.protocol.ids import ConnectionId, ConversationId, UserId
from chat.push.notices import Notice
from chat.push.queue_bodies import (
    MAX_BODY_BYTES,
    QueuedFrame,
    Shard,
    Wake,
    encode_connection,
    encode_file_deletion,
    encode_notice,
    encode_presence,
    encode_shards,
    encode_wake,
)

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

MAX_BATCH_ENTRIES = 10
"""The maximum of SQS (the same page)."""
MAX_DELAY_SECONDS = 900
"""The maximum of SQS (the same page)."""

_BATCH_TRIES = 3
_CONNECT_SECONDS = 1.0
_READ_SECONDS = 2.0
_TRIES = 2
"""If a queue does not answer, the function fails while it still has time to reply: botocore's
defaults wait for minutes. A retry may publish a message twice, which every consumer tolerates."""


class QueueUrls(msgspec.Struct, frozen=True, kw_only=True):
    """The queues that a function publishes to; the others stay empty."""

    greet: str = ""
    auth_deadline: str = ""
    fanout: str = ""
    delete_files: str = ""
    notify: str = ""
    presence: str = ""


class NotQueued(Exception):
    """SQS rejected some messages of a batch at each attempt."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = sorted(codes)
        super().__init__(f"SQS rejected {len(self.codes)} messages: {', '.join(self.codes)}")


class QueuePublisher:
    """Publishes to the queues. Its SQS client is created on first use."""

    def __init__(
        self,
        queues: QueueUrls,
        region: str,
        endpoint_url: str | None = None,
        *,
        connections_per_shard: int = 500,
        session: "Session | None" = None,
    ) -> None:
        self._queues = queues
        self._region = region
        self._endpoint_url = endpoint_url
        self._connections_per_shard = connections_per_shard
        self._session = session
        self._made_client: SQSClient | None = None

    def warm_up(self) -> None:
        """Create the client now instead of at the first message."""
        self._made_client = self._made_client or self._make_client()

    def publish_greet(self, connection_id: ConnectionId) -> None:
        """Have `greet` push to a new connection, which `$connect` itself cannot do."""
        self._client.send_message(
            QueueUrl=_required(self._queues.greet, "greet"),
            MessageBody=encode_connection(connection_id),
        )

    def publish_auth_deadline(self, connection_id: ConnectionId, delay_seconds: int) -> None:
        """Have `auth_deadline` check a connection after a delay.

        Raises ValueError if SQS does not support the delay.
        """
        if not 0 <= delay_seconds <= MAX_DELAY_SECONDS:
            raise ValueError(f"SQS cannot delay by {delay_seconds} s")
        self._client.send_message(
            QueueUrl=_required(self._queues.auth_deadline, "auth_deadline"),
            MessageBody=encode_connection(connection_id),
            DelaySeconds=delay_seconds,
        )

    def publish_shards(
        self,
        conversation_id: ConversationId,
        connection_ids: Sequence[ConnectionId],
        frames: Sequence[QueuedFrame],
    ) -> None:
        """Have `fanout` push frames to many connections, one shard in each invocation.

        Raises NotQueued if SQS rejects some of the shards.
        """
        url = _required(self._queues.fanout, "fanout")
        bodies = (
            body
            for part in batched(connection_ids, self._connections_per_shard, strict=False)
            for body in encode_shards(Shard(conversation_id, part, frames))
        )
        for batch in into_batches(bodies):
            self._send_batch(url, batch)

    def publish_later(self, shard: Shard, delay_seconds: int) -> None:
        """Have `fanout` push a shard after a delay."""
        url = _required(self._queues.fanout, "fanout")
        for body in encode_shards(shard):
            self._client.send_message(QueueUrl=url, MessageBody=body, DelaySeconds=delay_seconds)

    def publish_wake(self, wake: Wake, delay_seconds: int) -> None:
        """Have `fanout` push what is new in a big room after a delay."""
        self._client.send_message(
            QueueUrl=_required(self._queues.fanout, "fanout"),
            MessageBody=encode_wake(wake),
            DelaySeconds=delay_seconds,
        )

    def publish_file_deletion(self, keys: Sequence[str], delay_seconds: int) -> None:
        """Have `delete_files` look after a delay which of some files no message has."""
        self._client.send_message(
            QueueUrl=_required(self._queues.delete_files, "delete_files"),
            MessageBody=encode_file_deletion(keys),
            DelaySeconds=delay_seconds,
        )

    def publish_notices(self, notices: Sequence[Notice], delay_seconds: int) -> None:
        """Have `notify` look at conversations after a delay."""
        url = _required(self._queues.notify, "notify")
        for each in notices:
            # One by one: the emulator grants no batches.
            self._client.send_message(
                QueueUrl=url, MessageBody=encode_notice(each), DelaySeconds=delay_seconds
            )

    def publish_presence(self, user_id: UserId, delay_seconds: int) -> None:
        """Have `presence` look after a delay whether a user is online."""
        self._client.send_message(
            QueueUrl=_required(self._queues.presence, "presence"),
            MessageBody=encode_presence(user_id),
            DelaySeconds=delay_seconds,
        )

    def _send_batch(self, url: str, bodies: Sequence[str]) -> None:
        if len(bodies) == 1:
            # The emulator grants no batches, and its rooms have one shard.
            self._client.send_message(QueueUrl=url, MessageBody=bodies[0])
            return
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(at), "MessageBody": body} for at, body in enumerate(bodies)
        ]
        for _ in range(_BATCH_TRIES):
            response = self._client.send_message_batch(QueueUrl=url, Entries=entries)
            # The request succeeds even if SQS rejects some of its messages.
            codes = {failed["Id"]: failed["Code"] for failed in response.get("Failed", ())}
            entries = [entry for entry in entries if entry["Id"] in codes]
            if not entries:
                return
        raise NotQueued(codes.values())

    @property
    def _client(self) -> "SQSClient":
        if self._made_client is None:
            self._made_client = self._make_client()
        return self._made_client

    def _make_client(self) -> "SQSClient":
        from botocore.config import Config  # noqa: PLC0415 -- as below
        from botocore.session import get_session  # noqa: PLC0415 -- 50 ms, only if it is needed

        session = self._session or get_session()
        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"total_max_attempts": _TRIES},
        )
        client = session.create_client(
            "sqs", region_name=self._region, endpoint_url=self._endpoint_url, config=config
        )
        return cast("SQSClient", client)


def into_batches(bodies: Iterable[str]) -> Iterator[list[str]]:
    """Group messages into batches that SQS accepts."""
    batch: list[str] = []
    size = 0
    for body in bodies:
        length = len(body.encode())
        if batch and (len(batch) == MAX_BATCH_ENTRIES or size + length > MAX_BODY_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += length
    if batch:
        yield batch


def _required(url: str, name: str) -> str:
    if not url:
        raise ValueError(f"this function has no {name} queue")
    return url
