"""What queue messages say: encoded where they are published, decoded where they are consumed."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast
from urllib.parse import unquote_plus

import msgspec

from chat.protocol.ids import ConnectionId, ConversationId, UserId
from chat.push.notices import Notice

MAX_BODY_BYTES = 262_144
"""A quarter of what SQS accepts in one request. Until 2025 this was its limit.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""
# SQS rejects these characters, which JSON need not escape (the same page).
_ESCAPES = {"\ufffe": "\\ufffe", "\uffff": "\\uffff"}


class QueuedFrame(NamedTuple):
    """A frame for all connections but the one that has it as the reply."""

    frame: bytes
    asking: ConnectionId | None = None


class Shard(NamedTuple):
    """Some connections of a conversation, and the frames for them, in order."""

    conversation_id: ConversationId
    connection_ids: Sequence[ConnectionId]
    frames: Sequence[QueuedFrame]
    run: int = 0
    """How many runs have pushed it to others, or been throttled."""


class Wake(NamedTuple):
    """Has what is new in a big room pushed."""

    conversation_id: ConversationId
    seq: int
    """The number that the wake is for: it may begin there if no wake was before it."""


class UndecodableBody(ValueError):
    """The body of a queue message is not what this module encodes."""


def encode_connection(connection_id: ConnectionId) -> str:
    return _encode(_IdBody(connection_id))


def decode_greet(body: str) -> ConnectionId:
    return _decode_id(body)


def decode_auth_deadline(body: str) -> ConnectionId:
    return _decode_id(body)


def decode_fanout(body: str) -> Shard | Wake:
    """Decode a wake or a shard, whose frames are the published ones, apart from JSON escapes."""
    decoded = _decode(body, cast("type[_ShardBody | _WakeBody]", _ShardBody | _WakeBody))
    if isinstance(decoded, _WakeBody):
        return Wake(decoded.conversation_id, decoded.seq)
    frames = [QueuedFrame(bytes(each.frame), each.asking) for each in decoded.frames]
    return Shard(decoded.conversation_id, decoded.connection_ids, frames, decoded.run)


def encode_wake(wake: Wake) -> str:
    return _encode(_WakeBody(wake.conversation_id, wake.seq))


def encode_presence(user_id: UserId) -> str:
    return _encode(_UserBody(user_id))


def decode_presence(body: str) -> UserId:
    return _decode(body, _UserBody).user_id


def encode_file_deletion(keys: Sequence[str]) -> str:
    return _encode(_KeysBody(tuple(keys)))


def decode_file_deletion(body: str) -> Sequence[str]:
    """Decode the keys of files, which this module published, or S3 when an upload expired.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    decoded = _decode(body, _KeysBody)
    # S3 quotes the keys as a form does.
    return [*decoded.keys, *(unquote_plus(each.s3.object.key) for each in decoded.records)]


def encode_notice(notice: Notice) -> str:
    return _encode(notice)


def decode_notice(body: str) -> Notice:
    return _decode(body, Notice)


def encode_shards(shard: Shard) -> Iterator[str]:
    """Encode a shard as one message, or as several if it is too long for one."""
    body = _encode(
        _ShardBody(
            conversation_id=shard.conversation_id,
            connection_ids=tuple(shard.connection_ids),
            frames=tuple(_FrameBody(msgspec.Raw(each.frame), each.asking) for each in shard.frames),
            run=shard.run,
        )
    )
    half = len(shard.connection_ids) // 2
    if half and len(body.encode()) > MAX_BODY_BYTES:
        yield from encode_shards(shard._replace(connection_ids=shard.connection_ids[:half]))
        yield from encode_shards(shard._replace(connection_ids=shard.connection_ids[half:]))
    else:
        yield body


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


class _FrameBody(msgspec.Struct, omit_defaults=True):
    # Raw, not a string: it is not escaped a second time, and every shard carries equal bytes.
    frame: msgspec.Raw
    asking: ConnectionId | None = None


class _ShardBody(msgspec.Struct, omit_defaults=True, tag="shard"):
    conversation_id: ConversationId
    connection_ids: tuple[ConnectionId, ...]
    frames: tuple[_FrameBody, ...]
    run: int = 0


class _WakeBody(msgspec.Struct, tag="wake"):
    conversation_id: ConversationId
    seq: int


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
        raise UndecodableBody("not a message of this queue") from error
