"""The recorded events have the form that API Gateway, SQS and DynamoDB's streams send.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-example.html
"""

import hashlib
import json
from typing import Any

import pytest

from chat.runtime.routes import GATEWAY_ROUTES, ROUTES
from docs.reference.events import cases
from docs.reference.examples import request_of
from tests.integration.runtime.recorded import EVENTS, function_of

type Event = dict[str, Any]

OF_EVERY_GATEWAY_EVENT = {
    "routeKey",
    "eventType",
    "extendedRequestId",
    "requestTime",
    "messageDirection",
    "stage",
    "connectedAt",
    "requestTimeEpoch",
    "identity",
    "requestId",
    "domainName",
    "connectionId",
    "apiId",
}
OF_KIND = {
    "CONNECT": set[str](),
    "MESSAGE": {"messageId"},
    "DISCONNECT": {"disconnectStatusCode", "disconnectReason"},
}
OF_EVERY_RECORD = {
    "messageId",
    "receiptHandle",
    "body",
    "attributes",
    "messageAttributes",
    "md5OfBody",
    "eventSource",
    "eventSourceARN",
    "awsRegion",
}

GATEWAY = {name: event for name, event in EVENTS.items() if "requestContext" in event}
FRAMES = {name: event for name, event in GATEWAY.items() if "body" in event}
BATCHES = {
    name: event
    for name, event in EVENTS.items()
    if "Records" in event and function_of(name) != "relay_events"
}


def each(events: dict[str, Event]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("name", "event"), events.items(), ids=events.keys())


@each(GATEWAY)
def test_gateway_event_has_a_request_context(name: str, event: Event) -> None:
    context = event["requestContext"]

    assert context.keys() == OF_EVERY_GATEWAY_EVENT | OF_KIND[context["eventType"]]
    key = context["routeKey"]
    serves = GATEWAY_ROUTES[key] if key in GATEWAY_ROUTES else ROUTES[key].function
    assert serves == function_of(name)
    assert event["isBase64Encoded"] is False


@each(GATEWAY)
def test_frame_events_have_a_body_and_connection_events_have_headers(
    name: str, event: Event
) -> None:
    is_frame = event["requestContext"]["eventType"] == "MESSAGE"

    beside = event.keys() - {"requestContext", "isBase64Encoded"}

    assert beside == ({"body"} if is_frame else {"headers", "multiValueHeaders"}), name


@each({name: event for name, event in FRAMES.items() if not name.startswith("default")})
def test_frame_type_equals_its_route(name: str, event: Event) -> None:
    frame = json.loads(event["body"])

    assert frame["type"] == event["requestContext"]["routeKey"], name


@each(BATCHES)
def test_batch_comes_from_the_queue_of_its_function(name: str, event: Event) -> None:
    for record in event["Records"]:
        assert record.keys() == OF_EVERY_RECORD
        assert record["eventSourceARN"].endswith(f":parley-{function_of(name)}")
        assert record["md5OfBody"] == hashlib.md5(record["body"].encode()).hexdigest()  # noqa: S324 -- SQS's checksum


def test_records_of_a_stream_have_keys_alone() -> None:
    for record in EVENTS["relay_events"]["Records"]:
        assert (record["eventSource"], record["eventName"]) == ("aws:dynamodb", "INSERT")
        assert record["dynamodb"]["Keys"].keys() == {"conversation_id", "seq"}
        assert record["dynamodb"].keys().isdisjoint({"NewImage", "OldImage"})


def test_every_event_of_a_frame_is_made_of_an_example_or_a_case() -> None:
    assert FRAMES.keys() == cases().keys()


def test_every_route_has_the_event_of_its_example() -> None:
    bodies = {key: json.loads(FRAMES[key]["body"]) for key in ROUTES}

    assert bodies == {key: request_of(key).frame for key in ROUTES}
