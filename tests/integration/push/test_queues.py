import time
from typing import Any, cast

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.session import Session
from mypy_boto3_sqs.client import SQSClient

from chat.protocol.ids import ConnectionId, ConversationId
from chat.push.queue_bodies import (
    QueuedFrame,
    Shard,
    Wake,
    decode_auth_deadline,
    decode_fanout,
    decode_greet,
)
from chat.push.queue_publisher import NotQueued, QueuePublisher, QueueUrls
from chat.runtime.in_time import MARGIN_SECONDS
from tests.integration.push.conftest import Serve
from tests.integration.push.gateway import silent

REGION = "eu-west-1"
ALICE = ConnectionId("alice=")
BOB = ConnectionId("bob=")
GENERAL = ConversationId("general")
FRAME = '{"type":"typing","data":{"username":"ä"}}'.encode()


@pytest.fixture
def session(aws: None) -> Session:
    del aws  # for its effect
    return Session()


@pytest.fixture
def sqs(session: Session) -> SQSClient:
    return cast("SQSClient", session.create_client("sqs", region_name=REGION))


@pytest.fixture
def queue(sqs: SQSClient) -> str:
    return sqs.create_queue(QueueName="pushes")["QueueUrl"]


def receive(sqs: SQSClient, queue: str) -> list[str]:
    """Take all messages that may be taken now."""
    bodies: list[str] = []
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        bodies.extend(message["Body"] for message in messages)
    return bodies


def test_a_greeting_is_ready_at_once(session: Session, sqs: SQSClient, queue: str) -> None:
    publisher = QueuePublisher(QueueUrls(greet=queue), REGION, session=session)

    publisher.publish_greet(ALICE)

    assert [decode_greet(body) for body in receive(sqs, queue)] == [ALICE]


def test_a_deadline_is_held_back(session: Session, sqs: SQSClient, queue: str) -> None:
    publisher = QueuePublisher(QueueUrls(auth_deadline=queue), REGION, session=session)

    publisher.publish_auth_deadline(ALICE, 30)

    names = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert names["ApproximateNumberOfMessagesDelayed"] == "1"


def test_a_deadline_that_is_over_is_ready_at_once(
    session: Session, sqs: SQSClient, queue: str
) -> None:
    publisher = QueuePublisher(QueueUrls(auth_deadline=queue), REGION, session=session)

    publisher.publish_auth_deadline(ALICE, 0)

    assert [decode_auth_deadline(body) for body in receive(sqs, queue)] == [ALICE]


def shard_of(body: str) -> Shard:
    shard = decode_fanout(body)
    assert isinstance(shard, Shard)
    return shard


def test_a_wake_is_held_back(session: Session, sqs: SQSClient, queue: str) -> None:
    publisher = QueuePublisher(QueueUrls(fanout=queue), REGION, session=session)

    publisher.publish_wake(Wake(GENERAL, 7), 1)

    names = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert names["ApproximateNumberOfMessagesDelayed"] == "1"


def test_a_big_room_is_handed_over_in_shards(session: Session, sqs: SQSClient, queue: str) -> None:
    publisher = QueuePublisher(
        QueueUrls(fanout=queue), REGION, connections_per_shard=100, session=session
    )
    room = [ConnectionId(f"{number}=") for number in range(2_350)]

    publisher.publish_shards(GENERAL, room, [QueuedFrame(FRAME)])

    shards = [shard_of(body) for body in receive(sqs, queue)]
    assert len(shards) == 24
    assert all(each.frames == [QueuedFrame(FRAME)] for each in shards)
    assert sorted(each for shard in shards for each in shard.connection_ids) == sorted(room)


def test_any_text_of_a_chat_passes_through_the_queue(
    session: Session, sqs: SQSClient, queue: str
) -> None:
    publisher = QueuePublisher(QueueUrls(fanout=queue), REGION, session=session)
    frame = '{"content":"\u007f\u0085\ue000\ufdd0\U0001f600\U0010ffff"}'.encode()

    publisher.publish_shards(GENERAL, [ALICE], [QueuedFrame(frame)])

    [body] = receive(sqs, queue)
    assert decode_fanout(body) == Shard(GENERAL, (ALICE,), [QueuedFrame(frame)])


class Refusing:
    """Stands in for a session whose SQS refuses one message of each batch, so many times."""

    def __init__(self, times: int) -> None:
        self.taken: list[str] = []
        self._times = times

    def create_client(self, *_: object, **__: object) -> "Refusing":
        return self

    def send_message_batch(self, **request: Any) -> dict[str, list[dict[str, str]]]:  # noqa: ANN401 -- as botocore has it
        refused = request["Entries"][: self._times > 0]
        self._times -= 1
        self.taken.extend(each["MessageBody"] for each in request["Entries"] if each not in refused)
        return {"Failed": [{"Id": each["Id"], "Code": "InternalError"} for each in refused]}


def test_a_message_refused_within_a_batch_is_sent_again() -> None:
    sqs = Refusing(times=2)
    publisher = QueuePublisher(
        QueueUrls(fanout="https://queue.invalid"),
        REGION,
        connections_per_shard=1,
        session=cast("Session", sqs),
    )
    room = [ConnectionId(f"{number}=") for number in range(3)]

    publisher.publish_shards(GENERAL, room, [QueuedFrame(FRAME)])

    assert sorted(shard_of(body).connection_ids[0] for body in sqs.taken) == room


def test_a_queue_that_does_not_answer_fails_while_its_sender_can_say_so(
    serve: Serve, session: Session
) -> None:
    gateway = serve(silent)
    publisher = QueuePublisher(
        QueueUrls(greet=f"{gateway.url}/queue"), REGION, gateway.url, session=session
    )
    began = time.monotonic()

    with pytest.raises(ReadTimeoutError):
        publisher.publish_greet(ALICE)

    assert time.monotonic() - began < 10 - MARGIN_SECONDS


def test_a_message_refused_again_and_again_is_not_passed_over() -> None:
    publisher = QueuePublisher(
        QueueUrls(fanout="https://queue.invalid"),
        REGION,
        connections_per_shard=1,
        session=cast("Session", Refusing(9)),
    )

    with pytest.raises(NotQueued, match="InternalError"):
        publisher.publish_shards(GENERAL, [ALICE, BOB], [QueuedFrame(FRAME)])
