import json
from typing import Any

import pytest

from chat.actions.connect import ConnectRequest, OriginRefused
from chat.actions.services import Services
from chat.protocol.ids import ConnectionId
from chat.runtime.handlers import EventType, connect_request, connection_handler, connection_id
from tests.unit.runtime.conftest import Invocation, Lines

EVENT: dict[str, Any] = {
    "requestContext": {
        "routeKey": "$connect",
        "eventType": "CONNECT",
        "connectionId": "c=",
        "identity": {"sourceIp": "192.0.2.7"},
    },
    "headers": {"Host": "example.com", "Origin": "https://chat.example.com"},
}


def test_allowed_connection_is_opened(services: Services) -> None:
    opened: list[ConnectionId] = []

    answer = connection_handler(
        "CONNECT", connection_id, lambda c, _: opened.append(c), lambda: services
    )(EVENT, Invocation())

    assert answer == {"statusCode": 200}
    assert opened == ["c="]


def test_internal_error_rejects_the_connection_and_is_logged(
    services: Services, logged: Lines
) -> None:
    def fail(_: ConnectionId, __: Services) -> None:
        raise LookupError("the table is gone")

    answer = connection_handler("CONNECT", connection_id, fail, lambda: services)(
        EVENT, Invocation()
    )

    [line] = logged()
    assert answer == {"statusCode": 500}
    assert line["reference"] == Invocation.aws_request_id
    assert (line["connection_id"], line["route"]) == ("c=", "$connect")
    assert "the table is gone" in line["exception"]


@pytest.mark.parametrize("awaited", ["CONNECT", "DISCONNECT"])
def test_frame_named_like_a_gateway_route_is_an_unknown_type(
    services: Services, awaited: EventType
) -> None:
    frame = '{"type":"$connect","requestId":"r"}'
    context = EVENT["requestContext"] | {"eventType": "MESSAGE"}
    happened: list[ConnectionId] = []

    answer = connection_handler(
        awaited, connection_id, lambda c, _: happened.append(c), lambda: services
    )({"requestContext": context, "body": frame}, Invocation())

    reply = json.loads(answer["body"])
    assert (answer["statusCode"], reply["code"], reply["requestId"]) == (200, "unknown_type", "r")
    assert happened == []


def test_an_origin_that_is_not_allowed_is_forbidden(services: Services, logged: Lines) -> None:
    def refuse(_: ConnectRequest, __: Services) -> None:
        raise OriginRefused

    answer = connection_handler("CONNECT", connect_request, refuse, lambda: services)(
        EVENT, Invocation()
    )

    [line] = logged()
    assert answer == {"statusCode": 403}
    assert (line["level"], line["code"]) == ("INFO", "origin")


def test_connect_request_carries_address_and_origin() -> None:
    assert connect_request(EVENT) == ConnectRequest(
        ConnectionId("c="), "192.0.2.7", "https://chat.example.com"
    )


@pytest.mark.parametrize("headers", [None, {}, {"Host": "example.com"}])
def test_connect_request_may_lack_an_origin(headers: dict[str, str] | None) -> None:
    assert connect_request(EVENT | {"headers": headers}).origin is None


@pytest.mark.parametrize("name", ["origin", "ORIGIN", "Origin"])
def test_header_names_are_case_insensitive(name: str) -> None:
    assert (
        connect_request(EVENT | {"headers": {name: "https://x.example"}}).origin
        == "https://x.example"
    )
