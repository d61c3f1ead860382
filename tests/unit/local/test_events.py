from local.gateway import events
from local.gateway.events import Client, Event, Handshake, Moment, Stage

STAGE = Stage("asasasas", "prod")
MOMENT = Moment("BFHPhFe3IAMF95g=", 1731324924561)


def client(**headers: str) -> Client:
    shown = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    handshake = Handshake((("Host", "chat.example:443"), *shown), (), "192.0.2.1", 443)
    return Client("BFHPhfCWIAMCKlQ=", 1731324924553, handshake)


def context(event: Event) -> Event:
    found = event["requestContext"]
    assert isinstance(found, dict)
    return found


def test_a_connect_event_is_as_recorded_on_aws() -> None:
    opened = client(Sec_WebSocket_Version="13", Connection="Upgrade", Upgrade="websocket")

    event = events.connect(STAGE, opened, MOMENT)

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


def test_a_query_is_told_once_with_the_last_and_once_with_all_values() -> None:
    handshake = Handshake((), (("a", "1"), ("b", ""), ("a", "2")), "192.0.2.1", 443)

    event = events.connect(STAGE, Client("id", 0, handshake), MOMENT)

    assert event["queryStringParameters"] == {"a": "2", "b": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": [""]}


def test_a_message_event_is_as_recorded_on_aws() -> None:
    event = events.message(STAGE, client(), MOMENT, "chat", '{"action":"chat"}')

    assert event.keys() == {"requestContext", "body", "isBase64Encoded"}
    assert event["body"] == '{"action":"chat"}'
    told = context(event)
    assert (told["routeKey"], told["eventType"]) == ("chat", "MESSAGE")
    assert told["messageId"] != told["requestId"]
    assert told["connectedAt"] == 1731324924553


def test_a_disconnect_event_is_as_recorded_on_aws() -> None:
    event = events.disconnect(STAGE, client(), MOMENT, 1001, "Going away")

    assert event["headers"] == {
        "Host": "chat.example",
        "x-api-key": "",
        "X-Forwarded-For": "",
        "x-restapi": "",
    }
    told = context(event)
    assert (told["routeKey"], told["eventType"]) == ("$disconnect", "DISCONNECT")
    assert (told["disconnectStatusCode"], told["disconnectReason"]) == (1001, "Going away")


def test_the_user_agent_is_told_where_the_client_gave_one() -> None:
    event = events.message(STAGE, client(User_Agent="wscat"), MOMENT, "chat", "{}")

    assert context(event)["identity"] == {"sourceIp": "192.0.2.1", "userAgent": "wscat"}
