"""Which function gets a message, and what the client receives."""

from threading import Barrier, Event

import pytest

from tests.integration.local.gateway_under_test import GatewayUnderTest, gateway_for
from tests.integration.local.scripted_aws import (
    PATIENCE_SECONDS,
    Function,
    ScriptedAws,
    scripted_aws,
)
from tests.integration.local.scripted_aws import Event as FunctionEvent


def says(text: str) -> Function:
    return lambda _: {"statusCode": 200, "body": f'"{text}"'}


def fails(_: FunctionEvent) -> object:
    raise RuntimeError("secret detail")


def test_a_message_goes_to_the_route_that_its_type_names(aws: ScriptedAws) -> None:
    aws.on("chat_message", says("chat"))
    with gateway_for(aws) as gateway:
        alice = gateway.connects()

        alice.sends(type="chat_message")

        assert alice.receives() == "chat"


@pytest.mark.parametrize(
    "text", ["not JSON", "[]", '{"kind":"x"}', '{"type":"unknown"}', '{"type":"$default"}']
)
def test_a_message_that_names_no_route_goes_to_default(
    aws: ScriptedAws, gateway: GatewayUnderTest, text: str
) -> None:
    aws.on("$default", says("default"))
    alice = gateway.connects()

    alice.socket.send(text)

    assert alice.receives() == "default"
    assert aws.next_event()["body"] == text


@pytest.mark.parametrize("key", ["$connect", "$disconnect"])
def test_a_message_may_name_the_routes_connect_and_disconnect(
    aws: ScriptedAws, gateway: GatewayUnderTest, key: str
) -> None:
    aws.on(key, says(key))
    gateway.routes.expire()
    alice = gateway.connects()

    alice.sends(type=key)

    assert alice.receives() == key
    context = aws.next_event()["requestContext"]
    assert (context["routeKey"], context["eventType"]) == (key, "MESSAGE")


def test_without_a_default_route_the_client_gets_forbidden(aws: ScriptedAws) -> None:
    del aws.functions["$default"]
    with gateway_for(aws) as gateway:
        alice = gateway.connects()

        alice.sends(type="unknown")

        answer = alice.receives()
        assert answer["message"] == "Forbidden"
        assert answer["connectionId"] == alice.connection_id
        assert answer["requestId"]


def test_a_route_without_route_responses_drops_the_reply(aws: ScriptedAws) -> None:
    aws.on("silent", says("dropped"), replies=False)
    aws.on("replying", says("sent"))
    with gateway_for(aws) as gateway:
        alice = gateway.connects()

        alice.sends(type="silent")
        aws.next_event()
        alice.sends(type="replying")

        assert alice.receives() == "sent"


def test_an_answer_without_a_body_arrives_as_an_empty_frame(aws: ScriptedAws) -> None:
    aws.on("empty", lambda _: {"statusCode": 200})
    with gateway_for(aws) as gateway:
        alice = gateway.connects()

        alice.sends(type="empty")

        assert alice.socket.recv(timeout=PATIENCE_SECONDS) == ""


def test_messages_of_one_connection_are_handled_at_the_same_time(aws: ScriptedAws) -> None:
    both = Barrier(2, timeout=PATIENCE_SECONDS)
    aws.on("meeting", lambda _: {"statusCode": 200, "body": str(both.wait() >= 0).lower()})
    with gateway_for(aws) as gateway:
        alice = gateway.connects()

        alice.sends(type="meeting")
        alice.sends(type="meeting")

        assert [alice.receives(), alice.receives()] == [True, True]


def test_invocations_above_the_concurrency_of_a_function_wait(aws: ScriptedAws) -> None:
    release = Event()
    aws.on(
        "slow", lambda _: {"statusCode": 200, "body": str(release.wait(PATIENCE_SECONDS)).lower()}
    )
    aws.on("other", says("other"))
    with gateway_for(aws, "--concurrency=2") as gateway:
        alice = gateway.connects()

        for _ in range(3):
            alice.sends(type="slow")
        alice.sends(type="other")

        assert alice.receives() == "other"
        started = [aws.next_event()["requestContext"]["routeKey"] for _ in range(3)]
        assert sorted(started) == ["other", "slow", "slow"]
        assert aws.invocations.empty()
        release.set()
        assert [alice.receives() for _ in range(3)] == [True, True, True]


@pytest.mark.parametrize(
    "function",
    [fails, lambda _: "no proxy response", lambda _: None, lambda _: {"statusCode": "x"}],
)
def test_a_client_of_a_failing_function_gets_no_reason_and_stays_connected(
    aws: ScriptedAws, gateway: GatewayUnderTest, function: Function
) -> None:
    aws.on("$default", function)
    alice = gateway.connects()

    alice.sends(type="anything")

    answer = alice.receives()
    assert answer == {
        "message": "Internal server error",
        "connectionId": alice.connection_id,
        "requestId": aws.next_event()["requestContext"]["requestId"],
    }
    alice.sends(type="anything")
    assert alice.receives()["message"] == "Internal server error"


def test_a_client_gets_an_error_in_place_of_a_reply_above_128_kb(
    aws: ScriptedAws, gateway: GatewayUnderTest
) -> None:
    aws.on("$default", says("x" * 128 * 1024))
    alice = gateway.connects()

    alice.sends(type="anything")

    assert alice.receives()["message"] == "Internal server error"


def test_a_client_gets_an_error_if_the_function_takes_too_long(aws: ScriptedAws) -> None:
    release = Event()
    aws.on("$default", lambda _: {"statusCode": 200, "body": str(release.wait(PATIENCE_SECONDS))})
    # The limit holds for $connect too, which answers at once.
    with gateway_for(aws, "--integration-seconds=2") as gateway:
        alice = gateway.connects()

        alice.sends(type="anything")

        assert alice.receives()["message"] == "Internal server error"
        release.set()


def test_functions_may_have_an_endpoint_of_their_own(aws: ScriptedAws) -> None:
    with (
        scripted_aws() as elsewhere,
        gateway_for(aws, f"--lambda-endpoint={elsewhere.url}") as gateway,
    ):
        gateway.opens("/ws/chat")

        assert elsewhere.next_event()["requestContext"]["routeKey"] == "$connect"
        assert aws.invocations.empty()


def test_a_route_that_was_deployed_later_works_for_the_next_connection(
    aws: ScriptedAws, gateway: GatewayUnderTest
) -> None:
    aws.on("typing", says("typed"))

    gateway.routes.expire()
    alice = gateway.connects()

    alice.sends(type="typing")
    assert alice.receives() == "typed"


def test_the_routes_stay_if_the_control_plane_cannot_be_read(
    aws: ScriptedAws, gateway: GatewayUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    aws.on("$default", says("still here"))
    aws.stages.clear()

    gateway.routes.expire()
    alice = gateway.connects()

    alice.sends(type="anything")
    assert alice.receives() == "still here"
    assert "the previous ones stay" in caplog.text
