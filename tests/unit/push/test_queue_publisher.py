import json

import pytest

from chat.protocol.ids import ConnectionId, ConversationId
from chat.push.queue_bodies import (
    MAX_BODY_BYTES,
    QueuedFrame,
    Shard,
    UndecodableBody,
    Wake,
    decode_auth_deadline,
    decode_fanout,
    decode_greet,
    encode_shards,
    encode_wake,
)
from chat.push.queue_publisher import QueuePublisher, QueueUrls, into_batches

GENERAL = ConversationId("general")
ALICE = ConnectionId("alice=")


def room(connections: int, length: int = 16) -> list[ConnectionId]:
    return [ConnectionId(f"{number:0{length}}") for number in range(connections)]


def shard_of(body: str) -> Shard:
    shard = decode_fanout(body)
    assert isinstance(shard, Shard)
    return shard


def test_a_wake_is_no_shard() -> None:
    wake = Wake(GENERAL, 7)

    assert decode_fanout(encode_wake(wake)) == wake


def test_a_shard_keeps_its_frames_as_they_are() -> None:
    frames = [QueuedFrame('{"a" : "\\u00e4 ä"}'.encode()), QueuedFrame(b"{}", asking=ALICE)]
    shard = Shard(GENERAL, (ALICE,), frames)

    [body] = encode_shards(shard)

    assert decode_fanout(body) == shard


def test_each_part_of_a_shard_knows_how_many_runs_it_had() -> None:
    bodies = encode_shards(Shard(GENERAL, room(4_000, length=200), [QueuedFrame(b"{}")], run=2))

    assert {shard_of(body).run for body in bodies} == {2}


def test_a_shard_too_long_for_one_message_becomes_several() -> None:
    ids = room(4_000, length=200)

    bodies = list(encode_shards(Shard(GENERAL, ids, [QueuedFrame(b'{"type":"typing"}')])))

    assert len(bodies) > 1
    assert all(len(body.encode()) <= MAX_BODY_BYTES for body in bodies)
    assert [each for body in bodies for each in shard_of(body).connection_ids] == ids


@pytest.mark.parametrize("character", ["\ufffe", "\uffff"])
def test_a_character_that_sqs_refuses_is_escaped(character: str) -> None:
    frame = json.dumps({"content": character}, ensure_ascii=False).encode()

    [body] = encode_shards(Shard(GENERAL, (ALICE,), [QueuedFrame(frame)]))

    assert character not in body
    assert json.loads(shard_of(body).frames[0].frame) == {"content": character}


def test_batches_hold_no_more_messages_than_sqs_takes() -> None:
    batches = list(into_batches(["{}"] * 23))

    assert [len(batch) for batch in batches] == [10, 10, 3]


def test_batches_are_no_longer_than_sqs_takes() -> None:
    third = "ä" * (MAX_BODY_BYTES // 2 // 3)

    batches = list(into_batches([third] * 7))

    assert [len(batch) for batch in batches] == [3, 3, 1]


@pytest.mark.parametrize("decode", [decode_greet, decode_auth_deadline, decode_fanout])
@pytest.mark.parametrize("body", ["", "[]", "{}", '{"connection_id":7}', '{"connection_ids":[]}'])
def test_a_body_that_nothing_here_wrote_is_refused(decode: object, body: str) -> None:
    assert callable(decode)

    with pytest.raises(UndecodableBody):
        decode(body)


def test_a_function_without_the_queue_is_told_so() -> None:
    publisher = QueuePublisher(QueueUrls(), "eu-west-1")

    with pytest.raises(ValueError, match="greet"):
        publisher.publish_greet(ALICE)


@pytest.mark.parametrize("seconds", [-1, 901])
def test_a_delay_that_sqs_does_not_know_is_refused(seconds: int) -> None:
    publisher = QueuePublisher(QueueUrls(auth_deadline="https://queue.invalid"), "eu-west-1")

    with pytest.raises(ValueError, match="delay"):
        publisher.publish_auth_deadline(ALICE, seconds)
