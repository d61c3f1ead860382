"""The events and the ids that the gateway makes, compared with recorded ones."""

import pytest

from local.gateway import events
from local.gateway.events import (
    ClientInfo,
    Event,
    HandshakeRequest,
    RequestInfo,
    Stage,
    looks_like_connection_id,
    new_connection_id,
    new_id,
)

STAGE = Stage("asasasas", "prod")
REQUEST = RequestInfo("BFHPhFe3IAMF95g=", 1731324924561)


def client(**headers: str) -> ClientInfo:
    headers_sent = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    handshake = HandshakeRequest(
        (("Host", "chat.example:443"), *headers_sent), (), "192.0.2.1", 443
    )
    return ClientInfo("BFHPhfCWIAMCKlQ=", 1731324924553, handshake)


def context(event: Event) -> Event:
    found = event["requestContext"]
    assert isinstance(found, dict)
    return found


def test_a_connect_event_is_as_recorded_on_aws() -> None:
    opened = client(Sec_WebSocket_Version="13", Connection="Upgrade", Upgrade="websocket")

    event = events.connect(STAGE, opened, REQUEST)

    headers = {
        "Host": "chat.example:443",
        "Sec-WebSocket-Version": "13",
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "http",
    }
    assert event == {
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "requestContext": {
            "routeKey": "$connect",
            "eventType": "CONNECT",
            "extendedRequestId": "BFHPhFe3IAMF95g=",
            "requestTime": "11/Nov/2024:11:35:24 +0000",
            "messageDirection": "IN",
            "stage": "prod",
            "connectedAt": 1731324924553,
            "requestTimeEpoch": 1731324924561,
            "identity": {"sourceIp": "192.0.2.1"},
            "requestId": "BFHPhFe3IAMF95g=",
            "domainName": "chat.example",
            "connectionId": "BFHPhfCWIAMCKlQ=",
            "apiId": "asasasas",
        },
        "isBase64Encoded": False,
    }


def test_an_event_has_the_last_and_all_values_of_a_query_parameter() -> None:
    handshake = HandshakeRequest((), (("a", "1"), ("b", ""), ("a", "2")), "192.0.2.1", 443)

    event = events.connect(STAGE, ClientInfo("id", 0, handshake), REQUEST)

    assert event["queryStringParameters"] == {"a": "2", "b": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": [""]}


def test_a_message_event_is_as_recorded_on_aws() -> None:
    event = events.message(STAGE, client(), REQUEST, "chat", '{"action":"chat"}')

    assert event.keys() == {"requestContext", "body", "isBase64Encoded"}
    assert event["body"] == '{"action":"chat"}'
    found = context(event)
    assert (found["routeKey"], found["eventType"]) == ("chat", "MESSAGE")
    assert found["messageId"] != found["requestId"]
    assert found["connectedAt"] == 1731324924553


def test_a_disconnect_event_is_as_recorded_on_aws() -> None:
    event = events.disconnect(STAGE, client(), REQUEST, 1001, "Going away")

    assert event["headers"] == {
        "Host": "chat.example",
        "x-api-key": "",
        "X-Forwarded-For": "",
        "x-restapi": "",
    }
    found = context(event)
    assert (found["routeKey"], found["eventType"]) == ("$disconnect", "DISCONNECT")
    assert (found["disconnectStatusCode"], found["disconnectReason"]) == (1001, "Going away")


def test_an_event_has_the_user_agent_if_the_client_sent_one() -> None:
    event = events.message(STAGE, client(User_Agent="wscat"), REQUEST, "chat", "{}")

    assert context(event)["identity"] == {"sourceIp": "192.0.2.1", "userAgent": "wscat"}


def test_ids_are_sixteen_characters_that_end_in_an_equals_sign() -> None:
    made = {make() for _ in range(500) for make in (new_id, new_connection_id)}

    assert {(len(each), each[-1]) for each in made} == {(16, "=")}
    assert len(made) == 1000


def test_a_new_connection_id_looks_like_a_connection_id() -> None:
    made = [new_connection_id() for _ in range(1000)]

    assert all(map(looks_like_connection_id, made))


@pytest.mark.parametrize("text", ["L0SM9cOFvHcCIhw=", "BFHPhfCWIAMCKlQ=", "VWi0WdQt0kwCFHg="])
def test_a_connection_id_of_aws_looks_like_a_connection_id(text: str) -> None:
    assert looks_like_connection_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "alice",
        "ABCD1234",
        "BFHPhfCWIAMCKlQ",
        "é" * 15 + "=",
        # Of a request, and made up.
        "BFHPhFe3IAMF95g=",
        "ZZZZZZZZZZZZZZA=",
    ],
)
def test_other_strings_do_not_look_like_a_connection_id(text: str) -> None:
    assert not looks_like_connection_id(text)
