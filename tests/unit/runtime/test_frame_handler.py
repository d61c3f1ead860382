import json
from typing import Any

import pytest

from chat.actions.services import Services
from chat.protocol.client_frames import Authenticate, ClientFrame
from chat.protocol.errors import Conflict, NotAMember, ProtocolError, TooLarge
from chat.protocol.ids import ConnectionId
from chat.protocol.message_frames import Typing
from chat.protocol.server_frames import ServerFrame, SignedOut, SignedOutData
from chat.runtime.handlers import frame_handler
from chat.runtime.replies import Answer
from tests.unit.runtime.conftest import Invocation, Lines

REPLY = SignedOut(data=SignedOutData("tested"))


def event(body: object) -> dict[str, Any]:
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    return {"requestContext": {"routeKey": "typing", "connectionId": "c="}, "body": text}


def frame(**more: object) -> dict[str, object]:
    return {"type": "typing", "conversationId": "c", **more}


class Answering:
    """An action for tests; keeps its arguments."""

    def __init__(self, reply: ServerFrame | None = None, fault: Exception | None = None) -> None:
        self._reply = reply
        self._fault = fault
        self.asked: list[tuple[ClientFrame, ConnectionId]] = []

    def __call__(
        self, asked: ClientFrame, connection_id: ConnectionId, _: Services
    ) -> ServerFrame | None:
        self.asked.append((asked, connection_id))
        if self._fault:
            raise self._fault
        return self._reply


def handled(
    services: Services, action: Answering, body: object, kind: type[ClientFrame] = Typing
) -> Answer:
    return frame_handler(kind, action, lambda: services)(event(body), Invocation())


def decoded(answer: Answer) -> dict[str, Any]:
    assert answer["statusCode"] == 200
    reply: dict[str, Any] = json.loads(answer["body"])
    return reply


# Replies.


def test_action_receives_the_frame_and_its_connection(services: Services) -> None:
    action = Answering()

    handled(services, action, frame(data={"is_typing": False}))

    [(asked, connection_id)] = action.asked
    assert isinstance(asked, Typing)
    assert (asked.conversation_id, asked.data.is_typing, connection_id) == ("c", False, "c=")


def test_return_value_of_an_action_is_the_direct_reply(services: Services) -> None:
    answer = handled(services, Answering(REPLY), frame())

    assert answer == {
        "statusCode": 200,
        "body": '{"type":"signed_out","data":{"reason":"tested"}}',
    }


def test_a_reply_repeats_the_request_id(services: Services) -> None:
    answer = handled(services, Answering(REPLY), frame(requestId="r-1"))

    assert decoded(answer) == {
        "type": "signed_out",
        "requestId": "r-1",
        "data": {"reason": "tested"},
    }


def test_an_action_without_a_reply_gives_none(services: Services) -> None:
    answer = handled(services, Answering(None), frame())

    assert answer == {"statusCode": 200}


def test_request_id_guarantees_at_least_an_acknowledgement(services: Services) -> None:
    answer = handled(services, Answering(None), frame(requestId="r-1"))

    assert decoded(answer) == {"type": "ack", "requestId": "r-1"}


# Rejections.


@pytest.mark.parametrize("refusal", [NotAMember(), Conflict("Not now."), TooLarge("Too much.", 7)])
@pytest.mark.parametrize("request_id", [{}, {"requestId": "r-1"}], ids=["bare", "request"])
def test_rejection_is_answered_and_the_connection_survives(
    services: Services, refusal: ProtocolError, request_id: dict[str, str]
) -> None:
    answer = handled(services, Answering(fault=refusal), frame(**request_id))

    data = {"data": refusal.data} if refusal.data else {}
    assert decoded(answer) == {
        "type": "error",
        "code": refusal.code,
        "message": refusal.message,
        **data,
        **request_id,
    }


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (frame(requestId="r-1", conversationId=7), {"field": "conversationId"}),
        (frame(requestId="r-1", data=None), {"field": "data"}),
        (frame(requestId="r-1", data={"is_typing": "yes"}), {"field": "data.is_typing"}),
        ({"requestId": "r-1"}, {"field": "conversationId"}),
    ],
)
def test_bad_frame_is_answered_with_its_request_id(
    services: Services, body: object, data: dict[str, str]
) -> None:
    action = Answering()

    reply = decoded(handled(services, action, body))

    assert (reply["type"], reply["code"], reply["data"]) == ("error", "bad_request", data)
    assert reply["requestId"] == "r-1"
    assert action.asked == []


@pytest.mark.parametrize(
    "body",
    ['{"requestId":"r-1"', '{"requestId":"r-1","later":' + "[" * 30_000],
    ids=["cut off", "too deep"],
)
def test_invalid_json_is_answered_with_the_request_id_found_in_it(
    services: Services, body: str
) -> None:
    reply = decoded(handled(services, Answering(), body))

    assert (reply["type"], reply["code"], reply["requestId"]) == ("error", "bad_request", "r-1")


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        "Hello",
        "[]",
        "null",
        "\ud800",
        '{"a":"\ud800"}',
        "[" * 30_000,
        frame(requestId=""),
        frame(requestId=None),
        frame(requestId="x" * 65),
        frame(requestId={"a": 1}),
    ],
    ids=lambda each: str(each)[:40].encode("unicode_escape").decode(),
)
def test_frame_without_a_request_id_is_rejected_without_one(
    services: Services, body: object
) -> None:
    reply = decoded(handled(services, Answering(), body))

    assert (reply["type"], reply["code"]) == ("error", "bad_request")
    assert "requestId" not in reply


def test_a_frame_over_the_limit_is_too_large(services: Services) -> None:
    reply = decoded(handled(services, Answering(), frame(requestId="r-1", later="x" * 32_768)))

    assert (reply["code"], reply["requestId"]) == ("too_large", "r-1")


def test_failed_authentication_is_an_auth_error(services: Services) -> None:
    body = {"type": "authenticate", "data": {"token": 7}, "requestId": "r-1"}

    reply = decoded(handled(services, Answering(), body, Authenticate))

    assert (reply["type"], reply["code"]) == ("auth_error", "bad_request")
    assert (reply["data"], reply["requestId"]) == ({"field": "data.token"}, "r-1")


def test_rejection_is_logged_by_its_code_only(services: Services, logged: Lines) -> None:
    handled(services, Answering(fault=Conflict("Somebody's secret.")), frame())

    [line] = logged()
    about = {name: line[name] for name in ("level", "message", "code", "route", "connection_id")}
    assert about == {
        "level": "INFO",
        "message": "refused",
        "code": "conflict",
        "route": "typing",
        "connection_id": "c=",
    }
    assert "secret" not in json.dumps(line)


# Internal errors.

FAULTS = [
    ValueError("ConversationsTable is on fire"),
    KeyError("arn:aws:secret"),
    RecursionError("deep"),
    MemoryError(),
    UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_internal_error_reveals_no_details(services: Services, fault: Exception) -> None:
    reply = decoded(handled(services, Answering(fault=fault), frame(requestId="r-1")))

    assert reply == {
        "type": "error",
        "code": "internal",
        "message": "Something went wrong on our side. Try again.",
        "data": {"reference": Invocation.aws_request_id},
        "requestId": "r-1",
    }


def test_internal_error_is_logged_with_its_reference_and_traceback(
    services: Services, logged: Lines
) -> None:
    answer = handled(services, Answering(fault=FAULTS[0]), frame())

    [line] = logged()
    assert line["reference"] == decoded(answer)["data"]["reference"]
    assert (line["level"], line["route"], line["connection_id"]) == ("ERROR", "typing", "c=")
    assert "ConversationsTable is on fire" in line["exception"]


def test_internal_errors_are_counted(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    handled(services, Answering(fault=FAULTS[0]), frame())

    [metric] = [line for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    written = json.loads(metric)
    assert written["Internal"] == [1.0]
    assert written["service"] == "parley"
    assert written["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Parley"


def test_failed_bootstrap_is_answered_like_any_internal_error() -> None:
    def broken() -> Services:
        raise LookupError("AWS_REGION")

    answer = frame_handler(Typing, Answering(), broken)(event(frame()), Invocation())

    assert decoded(answer)["code"] == "internal"


def test_internal_error_does_not_affect_the_next_frame(services: Services) -> None:
    handle = frame_handler(Typing, Answering(fault=FAULTS[0]), lambda: services)
    handle(event(frame()), Invocation())

    answer = handle(event(frame(conversationId="")), Invocation())

    assert decoded(answer)["code"] == "bad_request"
