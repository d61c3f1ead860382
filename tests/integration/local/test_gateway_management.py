"""`@connections`, as functions and AWS's own SDK find it."""

from datetime import UTC, datetime, timedelta
from socket import SHUT_RDWR

import pytest
from botocore.exceptions import ClientError

from local.gateway.identifiers import new_connection_id
from tests.integration.local.gateway_under_test import FrontUnderTest, front_before
from tests.integration.local.scripted_aws import Event, ScriptedAws


def test_a_push_arrives(front: FrontUnderTest) -> None:
    alice = front.connects()

    front.management.post_to_connection(ConnectionId=alice.connection_id, Data=b'{"hello":1}')

    assert alice.receives() == {"hello": 1}


@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_the_id_may_be_encoded_and_follow_a_stage(front: FrontUnderTest, prefix: str) -> None:
    alice = front.connects()
    encoded = alice.connection_id.replace("=", "%3D")
    signed = {"Authorization": "AWS4-HMAC-SHA256 x/execute-api/aws4_request, y"}

    answer = front.asks("POST", f"{prefix}/%40connections/{encoded}", b"1", signed)

    assert (answer.status, alice.receives()) == (200, 1)


def test_a_connection_is_gone_until_connect_has_answered(
    aws: ScriptedAws, front: FrontUnderTest
) -> None:
    statuses = []

    def push_to_itself(event: Event) -> object:
        statuses.append(front.pushes(event["requestContext"]["connectionId"], b"too early"))
        return {"statusCode": 200}

    aws.on("$connect", push_to_itself)

    alice = front.connects()

    assert statuses == [410]
    assert front.pushes(alice.connection_id, b"now") == 200


def test_a_closed_connection_is_gone(aws: ScriptedAws, front: FrontUnderTest) -> None:
    alice = front.connects()
    alice.socket.close()
    aws.next_event()

    status = front.pushes(alice.connection_id, b"late")

    assert status == 410


@pytest.mark.parametrize("operation", ["get_connection", "delete_connection"])
def test_a_connection_that_never_was_is_gone(front: FrontUnderTest, operation: str) -> None:
    with pytest.raises(ClientError) as refusal:
        getattr(front.management, operation)(ConnectionId=new_connection_id())

    assert refusal.value.response["Error"]["Code"] == "GoneException"
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 410


def test_an_id_of_another_form_is_a_bad_request(front: FrontUnderTest) -> None:
    with pytest.raises(ClientError) as refusal:
        front.management.post_to_connection(ConnectionId="alice", Data=b"")

    assert refusal.value.response["Error"]["Code"] == "BadRequestException"


def test_an_unsigned_request_is_refused(front: FrontUnderTest) -> None:
    alice = front.connects()

    answer = front.asks("POST", f"/@connections/{alice.connection_id}", b"unsigned")

    assert answer.status == 403


def test_more_than_128_kb_is_too_large(front: FrontUnderTest) -> None:
    alice = front.connects()

    status = front.pushes(alice.connection_id, b"x" * (128 * 1024 + 1))

    assert status == 413


def test_a_client_that_does_not_read_is_a_limit_exceeded(aws: ScriptedAws) -> None:
    with front_before(aws, "--full-buffer-seconds=0") as front:
        alice = front.connects()
        most = b"x" * (128 * 1024)

        statuses = {front.pushes(alice.connection_id, most) for _ in range(200)}

        assert statuses == {200, 429}
        alice.socket.socket.shutdown(SHUT_RDWR)


def test_get_tells_since_when_and_from_where(front: FrontUnderTest) -> None:
    before = datetime.now(UTC)
    alice = front.connects()

    found = front.management.get_connection(ConnectionId=alice.connection_id)

    assert found["Identity"] == {"SourceIp": "127.0.0.1", "UserAgent": "parley-test"}
    # Milliseconds are all that is told.
    assert before - timedelta(milliseconds=1) <= found["ConnectedAt"] <= found["LastActiveAt"]
    assert found["LastActiveAt"] <= datetime.now(UTC)


def test_delete_closes(aws: ScriptedAws, front: FrontUnderTest) -> None:
    alice = front.connects()

    front.management.delete_connection(ConnectionId=alice.connection_id)

    assert front.pushes(alice.connection_id, b"late") == 410
    assert alice.is_closed_with() == (1000, "Connection Closed Normally")
    assert aws.next_event()["requestContext"]["disconnectStatusCode"] == 1000


def test_one_http_connection_serves_many_pushes(front: FrontUnderTest) -> None:
    alice = front.connects()
    management = front.management

    for number in range(50):
        management.post_to_connection(ConnectionId=alice.connection_id, Data=b"%d" % number)

    assert [alice.receives() for _ in range(50)] == list(range(50))
