"""Which function gets a message, and what the client gets for it."""

from threading import Barrier, Event

import pytest

from tests.integration.local.gateway_under_test import FrontUnderTest, front_before
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
    with front_before(aws) as front:
        alice = front.connects()

        alice.sends(type="chat_message")

        assert alice.receives() == "chat"


@pytest.mark.parametrize(
    "text", ["not JSON", "[]", '{"kind":"x"}', '{"type":"unheard_of"}', '{"type":"$default"}']
)
def test_a_message_that_names_no_route_goes_to_default(
    aws: ScriptedAws, front: FrontUnderTest, text: str
) -> None:
    aws.on("$default", says("default"))
    alice = front.connects()

    alice.socket.send(text)

    assert alice.receives() == "default"
    assert aws.next_event()["body"] == text


@pytest.mark.parametrize("key", ["$connect", "$disconnect"])
def test_a_message_that_names_a_route_of_the_gateways_own_goes_there_as_a_message(
    aws: ScriptedAws, front: FrontUnderTest, key: str
) -> None:
    aws.on(key, says(key))
    front.routes.expire()
    alice = front.connects()

    alice.sends(type=key)

    assert alice.receives() == key
    context = aws.next_event()["requestContext"]
    assert (context["routeKey"], context["eventType"]) == (key, "MESSAGE")


def test_without_a_default_route_the_client_gets_forbidden(aws: ScriptedAws) -> None:
    del aws.functions["$default"]
    with front_before(aws) as front:
        alice = front.connects()

        alice.sends(type="unheard_of")

        answer = alice.receives()
        assert answer["message"] == "Forbidden"
        assert answer["connectionId"] == alice.connection_id
        assert answer["requestId"]


def test_a_reply_of_a_route_that_asks_for_none_is_dropped(aws: ScriptedAws) -> None:
    aws.on("silent", says("dropped"), replies=False)
    aws.on("replying", says("sent"))
    with front_before(aws) as front:
        alice = front.connects()

        alice.sends(type="silent")
        aws.next_event()
        alice.sends(type="replying")

        assert alice.receives() == "sent"


def test_an_answer_without_a_body_arrives_as_an_empty_frame(aws: ScriptedAws) -> None:
    aws.on("empty", lambda _: {"statusCode": 200})
    with front_before(aws) as front:
        alice = front.connects()

        alice.sends(type="empty")

        assert alice.socket.recv(timeout=PATIENCE_SECONDS) == ""


def test_messages_of_one_connection_are_handled_at_the_same_time(aws: ScriptedAws) -> None:
    both = Barrier(2, timeout=PATIENCE_SECONDS)
    aws.on("meeting", lambda _: {"statusCode": 200, "body": str(both.wait() >= 0).lower()})
    with front_before(aws) as front:
        alice = front.connects()

        alice.sends(type="meeting")
        alice.sends(type="meeting")

        assert [alice.receives(), alice.receives()] == [True, True]


def test_calls_of_one_function_above_the_bound_wait_for_their_turn(aws: ScriptedAws) -> None:
    release = Event()
    aws.on(
        "slow", lambda _: {"statusCode": 200, "body": str(release.wait(PATIENCE_SECONDS)).lower()}
    )
    aws.on("other", says("other"))
    with front_before(aws, "--at-once=2") as front:
        alice = front.connects()

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
def test_a_failing_function_is_told_without_its_reason_and_the_socket_stays(
    aws: ScriptedAws, front: FrontUnderTest, function: Function
) -> None:
    aws.on("$default", function)
    alice = front.connects()

    alice.sends(type="anything")

    answer = alice.receives()
    assert answer == {
        "message": "Internal server error",
        "connectionId": alice.connection_id,
        "requestId": aws.next_event()["requestContext"]["requestId"],
    }
    alice.sends(type="anything")
    assert alice.receives()["message"] == "Internal server error"


def test_a_reply_above_128_kb_is_told_as_a_failure(aws: ScriptedAws, front: FrontUnderTest) -> None:
    aws.on("$default", says("x" * 128 * 1024))
    alice = front.connects()

    alice.sends(type="anything")

    assert alice.receives()["message"] == "Internal server error"


def test_a_function_that_takes_too_long_is_told_as_a_failure(aws: ScriptedAws) -> None:
    release = Event()
    aws.on("$default", lambda _: {"statusCode": 200, "body": str(release.wait(PATIENCE_SECONDS))})
    # $connect is held to it too, and answers at once.
    with front_before(aws, "--integration-seconds=2") as front:
        alice = front.connects()

        alice.sends(type="anything")

        assert alice.receives()["message"] == "Internal server error"
        release.set()


def test_functions_may_be_elsewhere_than_the_control_plane(aws: ScriptedAws) -> None:
    with (
        scripted_aws() as elsewhere,
        front_before(aws, f"--lambda-endpoint={elsewhere.url}") as front,
    ):
        front.opens("/ws/chat")

        assert elsewhere.next_event()["requestContext"]["routeKey"] == "$connect"
        assert aws.invocations.empty()


def test_a_route_deployed_later_is_known_at_the_next_connection(
    aws: ScriptedAws, front: FrontUnderTest
) -> None:
    aws.on("typing", says("typed"))

    front.routes.expire()
    alice = front.connects()

    alice.sends(type="typing")
    assert alice.receives() == "typed"


def test_the_former_routes_stay_while_the_control_plane_is_unreadable(
    aws: ScriptedAws, front: FrontUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    aws.on("$default", says("still here"))
    aws.stages.clear()

    front.routes.expire()
    alice = front.connects()

    alice.sends(type="anything")
    assert alice.receives() == "still here"
    assert "the former ones stay" in caplog.text
