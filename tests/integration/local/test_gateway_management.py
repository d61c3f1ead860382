"""`@connections`, used as functions do and through AWS's SDK."""

from datetime import UTC, datetime, timedelta
from socket import SHUT_RDWR

import pytest
from botocore.exceptions import ClientError

from local.gateway.events import new_connection_id
from tests.integration.local.gateway_under_test import GatewayUnderTest, gateway_for
from tests.integration.local.scripted_aws import Event, ScriptedAws


def test_a_push_arrives(gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()

    gateway.management.post_to_connection(ConnectionId=alice.connection_id, Data=b'{"hello":1}')

    assert alice.receives() == {"hello": 1}


@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_the_connection_id_may_be_encoded_and_follow_a_stage(
    gateway: GatewayUnderTest, prefix: str
) -> None:
    alice = gateway.connects()
    encoded = alice.connection_id.replace("=", "%3D")
    signed = {"Authorization": "AWS4-HMAC-SHA256 x/execute-api/aws4_request, y"}

    answer = gateway.asks("POST", f"{prefix}/%40connections/{encoded}", b"1", signed)

    assert (answer.status, alice.receives()) == (200, 1)


def test_a_push_is_410_until_connect_has_answered(
    aws: ScriptedAws, gateway: GatewayUnderTest
) -> None:
    statuses = []

    def push_to_itself(event: Event) -> object:
        statuses.append(gateway.pushes(event["requestContext"]["connectionId"], b"too early"))
        return {"statusCode": 200}

    aws.on("$connect", push_to_itself)

    alice = gateway.connects()

    assert statuses == [410]
    assert gateway.pushes(alice.connection_id, b"now") == 200


def test_a_push_to_a_closed_connection_is_410(aws: ScriptedAws, gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()
    alice.socket.close()
    aws.next_event()

    status = gateway.pushes(alice.connection_id, b"late")

    assert status == 410


@pytest.mark.parametrize("operation", ["get_connection", "delete_connection"])
def test_an_unknown_connection_is_410(gateway: GatewayUnderTest, operation: str) -> None:
    with pytest.raises(ClientError) as rejection:
        getattr(gateway.management, operation)(ConnectionId=new_connection_id())

    assert rejection.value.response["Error"]["Code"] == "GoneException"
    assert rejection.value.response["ResponseMetadata"]["HTTPStatusCode"] == 410


def test_an_id_that_is_not_a_connection_id_is_400(gateway: GatewayUnderTest) -> None:
    with pytest.raises(ClientError) as rejection:
        gateway.management.post_to_connection(ConnectionId="alice", Data=b"")

    assert rejection.value.response["Error"]["Code"] == "BadRequestException"


def test_an_unsigned_request_is_403(gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()

    answer = gateway.asks("POST", f"/@connections/{alice.connection_id}", b"unsigned")

    assert answer.status == 403


def test_a_push_of_more_than_128_kb_is_413(gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()

    status = gateway.pushes(alice.connection_id, b"x" * (128 * 1024 + 1))

    assert status == 413


def test_a_push_to_a_client_that_does_not_read_is_429(aws: ScriptedAws) -> None:
    with gateway_for(aws, "--full-buffer-seconds=0") as gateway:
        alice = gateway.connects()
        most = b"x" * (128 * 1024)

        statuses = {gateway.pushes(alice.connection_id, most) for _ in range(200)}

        assert statuses == {200, 429}
        alice.socket.socket.shutdown(SHUT_RDWR)


def test_get_returns_the_times_and_the_identity_of_a_connection(gateway: GatewayUnderTest) -> None:
    before = datetime.now(UTC)
    alice = gateway.connects()

    found = gateway.management.get_connection(ConnectionId=alice.connection_id)

    assert found["Identity"] == {"SourceIp": "127.0.0.1", "UserAgent": "parley-test"}
    # The times have milliseconds.
    assert before - timedelta(milliseconds=1) <= found["ConnectedAt"] <= found["LastActiveAt"]
    assert found["LastActiveAt"] <= datetime.now(UTC)


def test_delete_closes_the_connection(aws: ScriptedAws, gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()

    gateway.management.delete_connection(ConnectionId=alice.connection_id)

    assert gateway.pushes(alice.connection_id, b"late") == 410
    assert alice.is_closed_with() == (1000, "Connection Closed Normally")
    assert aws.next_event()["requestContext"]["disconnectStatusCode"] == 1000


def test_one_http_connection_carries_many_pushes(gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()
    management = gateway.management

    for number in range(50):
        management.post_to_connection(ConnectionId=alice.connection_id, Data=b"%d" % number)

    assert [alice.receives() for _ in range(50)] == list(range(50))
