"""How a connection begins and ends."""

import socket
import time
from contextlib import suppress
from threading import Event

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from tests.integration.local.gateway_under_test import FrontUnderTest, front_before
from tests.integration.local.scripted_aws import PATIENCE_SECONDS, Function, ScriptedAws
from tests.integration.local.scripted_aws import Event as FunctionEvent


def raises(_: FunctionEvent) -> object:
    raise RuntimeError("secret detail")


def heard_by(client: socket.socket) -> bytes:
    """Read until the front has closed the connection."""
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
def test_a_failing_connect_refuses_the_handshake(
    aws: ScriptedAws, front: FrontUnderTest, function: Function, status: int
) -> None:
    aws.on("$connect", function)

    with pytest.raises(InvalidStatus) as refusal:
        front.opens("/ws/chat")

    assert refusal.value.response.status_code == status
    assert b"secret" not in refusal.value.response.body


def test_a_connect_that_takes_too_long_refuses_the_handshake(aws: ScriptedAws) -> None:
    release = Event()
    aws.on("$connect", lambda _: {"statusCode": 200, "body": str(release.wait(PATIENCE_SECONDS))})
    with front_before(aws, "--integration-seconds=0.05") as front:
        with pytest.raises(InvalidStatus) as refusal:
            front.opens("/ws/chat")

        assert refusal.value.response.status_code == 504
        release.set()


def test_a_websocket_elsewhere_is_forbidden(front: FrontUnderTest) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        front.opens("/elsewhere")

    assert refusal.value.response.status_code == 403


def test_a_handshake_that_is_none_is_refused_without_invoking(
    aws: ScriptedAws, front: FrontUnderTest
) -> None:
    answer = front.asks("GET", "/ws/chat", headers={"Upgrade": "websocket"})

    assert answer.status == 426
    assert aws.invocations.empty()


def test_the_subprotocol_is_the_one_that_connect_chose(
    aws: ScriptedAws, front: FrontUnderTest
) -> None:
    aws.on("$connect", lambda _: {"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "two"}})

    opened = front.opens("/ws/chat", [Subprotocol("one"), Subprotocol("two")])

    assert opened.subprotocol == "two"


def test_without_a_choice_of_connect_there_is_no_subprotocol(front: FrontUnderTest) -> None:
    opened = front.opens("/ws/chat", [Subprotocol("one")])

    assert opened.subprotocol is None


def test_an_api_without_a_connect_route_lets_everyone_in(aws: ScriptedAws) -> None:
    del aws.functions["$connect"]
    with front_before(aws) as front:
        opened = front.opens("/ws/chat")

        assert opened.ping().wait(5)


def test_disconnect_is_told_the_clients_code_and_reason(
    aws: ScriptedAws, front: FrontUnderTest
) -> None:
    alice = front.connects()

    alice.socket.close(4000, "enough")

    assert closing_event(aws) == (4000, "enough")


def test_disconnect_is_told_of_a_close_without_code(
    aws: ScriptedAws, front: FrontUnderTest
) -> None:
    alice = front.connects()
    empty_close_frame = b"\x88\x80\x00\x00\x00\x00"

    alice.socket.socket.sendall(empty_close_frame)

    assert closing_event(aws) == (1005, "Client-side close frame status not set")


def test_disconnect_is_told_of_a_client_that_died(aws: ScriptedAws, front: FrontUnderTest) -> None:
    alice = front.connects()

    alice.socket.socket.shutdown(socket.SHUT_RDWR)

    assert closing_event(aws) == (1006, "")


def test_a_message_sent_just_before_closing_is_handled(
    aws: ScriptedAws, front: FrontUnderTest
) -> None:
    alice = front.connects()

    alice.sends(type="farewell")
    alice.socket.close()

    told = {aws.next_event()["requestContext"]["eventType"] for _ in range(2)}
    assert told == {"MESSAGE", "DISCONNECT"}


def test_an_idle_connection_is_sent_away(aws: ScriptedAws) -> None:
    with front_before(aws, "--idle-seconds=0.05") as front:
        alice = front.connects()

        assert alice.is_closed_with() == (1001, "Going away")
        assert closing_event(aws) == (1001, "Going away")


def test_a_connection_in_use_is_not_idle(aws: ScriptedAws) -> None:
    aws.on("$default", lambda _: {"statusCode": 200, "body": "true"})
    with front_before(aws, "--idle-seconds=2") as front:
        alice = front.connects()
        until = time.monotonic() + 3

        while time.monotonic() < until:
            alice.sends(type="anything")
            assert alice.receives()

        assert alice.socket.ping().wait(PATIENCE_SECONDS)


def test_a_connection_in_use_is_sent_away_when_its_duration_is_over(aws: ScriptedAws) -> None:
    with front_before(aws, "--duration-seconds=0.05") as front:
        alice = front.connects()

        with suppress(ConnectionClosed):
            while True:
                alice.sends(type="anything")

        assert alice.is_closed_with() == (1001, "Going away")


def test_a_client_that_does_not_answer_a_close_is_cut_off(aws: ScriptedAws) -> None:
    with front_before(aws, "--idle-seconds=0.05", "--closing-seconds=0.05") as front:
        request = front.connects().socket.request
        assert request is not None
        with socket.create_connection(("127.0.0.1", front.port), PATIENCE_SECONDS) as deaf:
            deaf.sendall(request.serialize())

            received = heard_by(deaf)

            assert received.endswith(b"\x88\x0c\x03\xe9Going away")


def test_closing_the_front_cuts_off_who_does_not_answer_a_close(aws: ScriptedAws) -> None:
    with socket.socket() as deaf:
        with front_before(aws) as front:
            request = front.connects().socket.request
            assert request is not None
            deaf.connect(("127.0.0.1", front.port))
            deaf.sendall(request.serialize())
            assert deaf.recv(12) == b"HTTP/1.1 101"

        assert heard_by(deaf).endswith(b"\x88\x0c\x03\xe9Going away")


def test_closing_the_front_cuts_off_who_has_said_nothing(aws: ScriptedAws) -> None:
    with socket.socket() as mute:
        with front_before(aws) as front:
            mute.connect(("127.0.0.1", front.port))
            front.connects()  # so the front has taken in who came before

        assert heard_by(mute) == b""


def test_closing_the_front_sends_everyone_away_and_tells_disconnect(aws: ScriptedAws) -> None:
    with front_before(aws) as front:
        alice = front.connects()
        front.clients.pop_all()

    assert alice.is_closed_with() == (1001, "Going away")
    assert closing_event(aws) == (1001, "Going away")
