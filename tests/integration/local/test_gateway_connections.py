"""How a connection begins and ends."""

import socket
import time
from contextlib import suppress
from threading import Event

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from tests.integration.local.gateway_under_test import GatewayUnderTest, gateway_for
from tests.integration.local.scripted_aws import PATIENCE_SECONDS, Function, ScriptedAws
from tests.integration.local.scripted_aws import Event as FunctionEvent


def raises(_: FunctionEvent) -> object:
    raise RuntimeError("secret detail")


def heard_by(client: socket.socket) -> bytes:
    """Read until the gateway closes the connection."""
    client.settimeout(PATIENCE_SECONDS)
    return b"".join(iter(lambda: client.recv(4096), b""))


def closing_event(aws: ScriptedAws) -> tuple[int, str]:
    context = aws.next_event()["requestContext"]
    assert context["eventType"] == "DISCONNECT"
    return context["disconnectStatusCode"], context["disconnectReason"]


@pytest.mark.parametrize(
    ("function", "status"),
    [
        (lambda _: {"statusCode": 401}, 401),
        (lambda _: {"statusCode": 500}, 500),
        (raises, 502),
        (lambda _: "no proxy response", 502),
    ],
)
def test_a_failing_connect_rejects_the_handshake(
    aws: ScriptedAws, gateway: GatewayUnderTest, function: Function, status: int
) -> None:
    aws.on("$connect", function)

    with pytest.raises(InvalidStatus) as rejection:
        gateway.opens("/ws/chat")

    assert rejection.value.response.status_code == status
    assert b"secret" not in rejection.value.response.body


def test_a_slow_connect_rejects_the_handshake(aws: ScriptedAws) -> None:
    release = Event()
    aws.on("$connect", lambda _: {"statusCode": 200, "body": str(release.wait(PATIENCE_SECONDS))})
    with gateway_for(aws, "--integration-seconds=0.05") as gateway:
        with pytest.raises(InvalidStatus) as rejection:
            gateway.opens("/ws/chat")

        assert rejection.value.response.status_code == 504
        release.set()


def test_a_websocket_on_another_path_is_forbidden(gateway: GatewayUnderTest) -> None:
    with pytest.raises(InvalidStatus) as rejection:
        gateway.opens("/elsewhere")

    assert rejection.value.response.status_code == 403


def test_an_incomplete_handshake_is_rejected_and_invokes_no_function(
    aws: ScriptedAws, gateway: GatewayUnderTest
) -> None:
    answer = gateway.asks("GET", "/ws/chat", headers={"Upgrade": "websocket"})

    assert answer.status == 426
    assert aws.invocations.empty()


def test_connect_chooses_the_subprotocol(aws: ScriptedAws, gateway: GatewayUnderTest) -> None:
    aws.on("$connect", lambda _: {"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "two"}})

    opened = gateway.opens("/ws/chat", [Subprotocol("one"), Subprotocol("two")])

    assert opened.subprotocol == "two"


def test_there_is_no_subprotocol_if_connect_chooses_none(gateway: GatewayUnderTest) -> None:
    opened = gateway.opens("/ws/chat", [Subprotocol("one")])

    assert opened.subprotocol is None


def test_an_api_without_a_connect_route_accepts_each_client(aws: ScriptedAws) -> None:
    del aws.functions["$connect"]
    with gateway_for(aws) as gateway:
        opened = gateway.opens("/ws/chat")

        assert opened.ping().wait(5)


def test_disconnect_gets_the_close_code_and_reason_of_the_client(
    aws: ScriptedAws, gateway: GatewayUnderTest
) -> None:
    alice = gateway.connects()

    alice.socket.close(4000, "enough")

    assert closing_event(aws) == (4000, "enough")


def test_disconnect_gets_1005_after_a_close_frame_without_a_code(
    aws: ScriptedAws, gateway: GatewayUnderTest
) -> None:
    alice = gateway.connects()
    empty_close_frame = b"\x88\x80\x00\x00\x00\x00"

    alice.socket.socket.sendall(empty_close_frame)

    assert closing_event(aws) == (1005, "Client-side close frame status not set")


def test_disconnect_gets_1006_after_a_lost_connection(
    aws: ScriptedAws, gateway: GatewayUnderTest
) -> None:
    alice = gateway.connects()

    alice.socket.socket.shutdown(socket.SHUT_RDWR)

    assert closing_event(aws) == (1006, "")


def test_a_message_sent_just_before_closing_is_handled(
    aws: ScriptedAws, gateway: GatewayUnderTest
) -> None:
    alice = gateway.connects()

    alice.sends(type="farewell")
    alice.socket.close()

    event_types = {aws.next_event()["requestContext"]["eventType"] for _ in range(2)}
    assert event_types == {"MESSAGE", "DISCONNECT"}


def test_an_idle_connection_is_closed(aws: ScriptedAws) -> None:
    with gateway_for(aws, "--idle-seconds=0.05") as gateway:
        alice = gateway.connects()

        assert alice.is_closed_with() == (1001, "Going away")
        assert closing_event(aws) == (1001, "Going away")


def test_a_connection_in_use_is_not_idle(aws: ScriptedAws) -> None:
    aws.on("$default", lambda _: {"statusCode": 200, "body": "true"})
    with gateway_for(aws, "--idle-seconds=2") as gateway:
        alice = gateway.connects()
        until = time.monotonic() + 3

        while time.monotonic() < until:
            alice.sends(type="anything")
            assert alice.receives()

        assert alice.socket.ping().wait(PATIENCE_SECONDS)


def test_a_connection_in_use_is_closed_when_its_duration_is_over(aws: ScriptedAws) -> None:
    with gateway_for(aws, "--duration-seconds=0.05") as gateway:
        alice = gateway.connects()

        with suppress(ConnectionClosed):
            while True:
                alice.sends(type="anything")
                # A client that reads no replies stops reading the socket, and so the close frame.
                alice.socket.recv(timeout=PATIENCE_SECONDS)

        assert alice.is_closed_with() == (1001, "Going away")


def test_a_client_that_does_not_answer_a_close_is_cut_off(aws: ScriptedAws) -> None:
    with gateway_for(aws, "--idle-seconds=0.05", "--closing-seconds=0.05") as gateway:
        request = gateway.connects().socket.request
        assert request is not None
        with socket.create_connection(("127.0.0.1", gateway.port), PATIENCE_SECONDS) as deaf:
            deaf.sendall(request.serialize())

            received = heard_by(deaf)

            assert received.endswith(b"\x88\x0c\x03\xe9Going away")


def test_a_closing_gateway_cuts_off_a_client_that_does_not_answer_a_close(aws: ScriptedAws) -> None:
    with socket.socket() as deaf:
        with gateway_for(aws) as gateway:
            request = gateway.connects().socket.request
            assert request is not None
            deaf.connect(("127.0.0.1", gateway.port))
            deaf.sendall(request.serialize())
            assert deaf.recv(12) == b"HTTP/1.1 101"

        assert heard_by(deaf).endswith(b"\x88\x0c\x03\xe9Going away")


def test_a_closing_gateway_cuts_off_a_client_that_has_sent_nothing(aws: ScriptedAws) -> None:
    with socket.socket() as mute:
        with gateway_for(aws) as gateway:
            mute.connect(("127.0.0.1", gateway.port))
            gateway.connects()  # after it, the gateway has accepted the connection before

        assert heard_by(mute) == b""


def test_a_closing_gateway_closes_each_connection_and_runs_disconnect(aws: ScriptedAws) -> None:
    with gateway_for(aws) as gateway:
        alice = gateway.connects()
        gateway.clients.pop_all()

    assert alice.is_closed_with() == (1001, "Going away")
    assert closing_event(aws) == (1001, "Going away")
