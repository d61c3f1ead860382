"""The sizes and kinds of frames that API Gateway accepts."""

import json

from tests.integration.local.gateway_under_test import GatewayUnderTest
from tests.integration.local.scripted_aws import PATIENCE_SECONDS, ScriptedAws

FRAME = 32 * 1024


def test_a_frame_of_32_kb_is_accepted(aws: ScriptedAws, gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()

    alice.socket.send("x" * FRAME)

    assert aws.next_event()["body"] == "x" * FRAME


def test_a_larger_frame_closes_with_1009(aws: ScriptedAws, gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()

    alice.socket.send("x" * (FRAME + 1))

    assert alice.is_closed_with()[0] == 1009
    assert aws.next_event()["requestContext"]["disconnectStatusCode"] == 1009


def test_a_message_of_128_kb_in_frames_is_accepted(
    aws: ScriptedAws, gateway: GatewayUnderTest
) -> None:
    alice = gateway.connects()

    alice.socket.send(["x" * FRAME] * 4)

    assert aws.next_event()["body"] == "x" * (4 * FRAME)


def test_a_larger_message_closes_with_1009(gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()

    alice.socket.send([*["x" * FRAME] * 4, "x"])

    assert alice.is_closed_with()[0] == 1009


def test_a_binary_frame_closes_with_1003(aws: ScriptedAws, gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()

    alice.socket.send(b'{"type":"chat_message"}')

    assert alice.is_closed_with()[0] == 1003
    assert aws.next_event()["requestContext"]["eventType"] == "DISCONNECT"


def test_text_that_is_not_utf_8_closes_with_1007(gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()

    alice.socket.send(b"\xff", text=True)

    assert alice.is_closed_with()[0] == 1007


def test_a_ping_is_answered(gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()

    pong = alice.socket.ping()

    assert pong.wait(PATIENCE_SECONDS)


def test_a_long_push_arrives_in_frames_of_at_most_32_kb(gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()
    message = json.dumps("é" * 40_000, ensure_ascii=False).encode()

    gateway.pushes(alice.connection_id, message)

    frames = [bytes(frame) for frame in alice.socket.recv_streaming(decode=False)]
    assert b"".join(frames) == message
    assert [len(frame) for frame in frames] == [FRAME, FRAME, len(message) - 2 * FRAME]
