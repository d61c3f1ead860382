"""Messages for the functions that push from a queue: encoded, published, and decoded there."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import unquote_plus

import msgspec

from chat.protocol.ids import ConnectionId, ConversationId, UserId
from chat.push.notices import Notice

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

MAX_BODY_BYTES = 262_144
"""A quarter of what SQS accepts in one request. Until 2025 this was its limit.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""
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
# SQS rejects these characters, which JSON need not escape (the same page).
_ESCAPES = {"\ufffe": "\\ufffe", "\uffff": "\\uffff"}


class QueueUrls(msgspec.Struct, frozen=True, kw_only=True):
    """The queues that a function publishes to; the others stay empty."""

    greet: str = ""
    auth_deadline: str = ""
    fanout: str = ""
    delete_files: str = ""
    notify: str = ""
    presence: str = ""


class Shard(NamedTuple):
    """Some connections of a conversation, and the frame for them."""

    conversation_id: ConversationId
    connection_ids: Sequence[ConnectionId]
    frame: bytes


class NotQueued(Exception):
    """SQS rejected some messages of a batch at each attempt."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = sorted(codes)
        super().__init__(f"SQS rejected {len(self.codes)} messages: {', '.join(self.codes)}")


class UndecodableBody(ValueError):
    """The body of a queue message is not what this module encodes."""


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
            QueueUrl=_required(self._queues.greet, "greet"), MessageBody=_encode_id(connection_id)
        )

    def publish_auth_deadline(self, connection_id: ConnectionId, delay_seconds: int) -> None:
        """Have `auth_deadline` check a connection after a delay.

        Raises ValueError if SQS does not support the delay.
        """
        if not 0 <= delay_seconds <= MAX_DELAY_SECONDS:
            raise ValueError(f"SQS cannot delay by {delay_seconds} s")
        self._client.send_message(
            QueueUrl=_required(self._queues.auth_deadline, "auth_deadline"),
            MessageBody=_encode_id(connection_id),
            DelaySeconds=delay_seconds,
        )

    def publish_shards(
        self, conversation_id: ConversationId, connection_ids: Sequence[ConnectionId], frame: bytes
    ) -> None:
        """Have `fanout` push a frame to many connections, one shard in each invocation.

        Raises NotQueued if SQS rejects some of the shards.
        """
        url = _required(self._queues.fanout, "fanout")
        bodies = (
            body
            for part in batched(connection_ids, self._connections_per_shard, strict=False)
            for body in encode_shards(Shard(conversation_id, part, frame))
        )
        for batch in into_batches(bodies):
            self._send_batch(url, batch)

    def publish_file_deletion(self, keys: Sequence[str], delay_seconds: int) -> None:
        """Have `delete_files` look after a delay which of some files no message has."""
        self._client.send_message(
            QueueUrl=_required(self._queues.delete_files, "delete_files"),
            MessageBody=_encode(_KeysBody(tuple(keys))),
            DelaySeconds=delay_seconds,
        )

    def publish_notices(self, notices: Sequence[Notice], delay_seconds: int) -> None:
        """Have `notify` look at conversations after a delay."""
        url = _required(self._queues.notify, "notify")
        for each in notices:
            # One by one: the emulator grants no batches.
            self._client.send_message(
                QueueUrl=url, MessageBody=_encode(each), DelaySeconds=delay_seconds
            )

    def publish_presence(self, user_id: UserId, delay_seconds: int) -> None:
        """Have `presence` look after a delay whether a user is online."""
        self._client.send_message(
            QueueUrl=_required(self._queues.presence, "presence"),
            MessageBody=_encode(_UserBody(user_id)),
            DelaySeconds=delay_seconds,
        )

    def _send_batch(self, url: str, bodies: Sequence[str]) -> None:
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


def decode_greet(body: str) -> ConnectionId:
    return _decode_id(body)


def decode_auth_deadline(body: str) -> ConnectionId:
    return _decode_id(body)


def decode_shard(body: str) -> Shard:
    """Decode a shard; its frame is the published one, apart from JSON escapes."""
    decoded = _decode(body, _ShardBody)
    return Shard(decoded.conversation_id, decoded.connection_ids, bytes(decoded.frame))


def decode_presence(body: str) -> UserId:
    return _decode(body, _UserBody).user_id


def decode_file_deletion(body: str) -> Sequence[str]:
    """Decode the keys of files, which this module published, or S3 when an upload expired.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    decoded = _decode(body, _KeysBody)
    # S3 quotes the keys as a form does.
    return [*decoded.keys, *(unquote_plus(each.s3.object.key) for each in decoded.records)]


def decode_notice(body: str) -> Notice:
    return _decode(body, Notice)


def encode_shards(shard: Shard) -> Iterator[str]:
    """Encode a shard as one message, or as several if it is too long for one."""
    body = _encode(
        _ShardBody(
            conversation_id=shard.conversation_id,
            connection_ids=tuple(shard.connection_ids),
            frame=msgspec.Raw(shard.frame),
        )
    )
    half = len(shard.connection_ids) // 2
    if half and len(body.encode()) > MAX_BODY_BYTES:
        yield from encode_shards(shard._replace(connection_ids=shard.connection_ids[:half]))
        yield from encode_shards(shard._replace(connection_ids=shard.connection_ids[half:]))
    else:
        yield body


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


class _IdBody(msgspec.Struct):
    connection_id: ConnectionId


class _UserBody(msgspec.Struct):
    user_id: UserId


class _S3Object(msgspec.Struct):
    key: str


class _S3Entity(msgspec.Struct):
    object: _S3Object


class _S3Record(msgspec.Struct):
    s3: _S3Entity


class _KeysBody(msgspec.Struct, omit_defaults=True, rename={"records": "Records"}):
    # S3 also sends one message without either when it is told where to send.
    keys: tuple[str, ...] = ()
    records: tuple[_S3Record, ...] = ()


class _ShardBody(msgspec.Struct):
    conversation_id: ConversationId
    connection_ids: tuple[ConnectionId, ...]
    # Raw, not a string: it is not escaped a second time, and every shard carries equal bytes.
    frame: msgspec.Raw


def _encode_id(connection_id: ConnectionId) -> str:
    return _encode(_IdBody(connection_id))


def _decode_id(body: str) -> ConnectionId:
    return _decode(body, _IdBody).connection_id


def _encode(body: msgspec.Struct) -> str:
    text = msgspec.json.encode(body).decode()
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text


def _decode[T](body: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        # The error does not quote the body, which may contain a chat message.
        raise UndecodableBody(f"not a {kind.__name__}") from error


def _required(url: str, name: str) -> str:
    if not url:
        raise ValueError(f"this function has no {name} queue")
    return url
