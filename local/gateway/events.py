"""The events that functions get and the ids in them, field by field as API Gateway writes them.

Tests compare them with events recorded on AWS, the test data of Powertools for AWS Lambda.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

type Event = dict[str, object]
type Pairs = tuple[tuple[str, str], ...]

# They belong to the hop between client and gateway, and do not reach the function.
_HOP_HEADERS = frozenset({"connection", "upgrade", "content-length", "transfer-encoding"})

_ID_BYTES = 11
_ID_CHARACTERS = 16
# The byte that distinguishes connection ids from request ids: 2 in each connection id seen on AWS.
_KIND = 8
_CONNECTION = 2


def new_id() -> str:
    """Make the id of a message or a request: 16 characters, the last one `=`."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_ID_BYTES)).decode()


def new_connection_id() -> str:
    """Make the id of a connection: like another id, but for one byte."""
    raw = bytearray(secrets.token_bytes(_ID_BYTES))
    raw[_KIND] = _CONNECTION
    return base64.urlsafe_b64encode(raw).decode()


def looks_like_connection_id(text: str) -> bool:
    """Tell ids that may have existed (410 when gone) from strings that never could (400)."""
    try:
        raw = base64.urlsafe_b64decode(text)
    except ValueError:
        return False
    return len(text) == _ID_CHARACTERS and len(raw) == _ID_BYTES and raw[_KIND] == _CONNECTION


@dataclass(frozen=True, slots=True)
class Stage:
    api_id: str
    name: str


@dataclass(frozen=True, slots=True)
class HandshakeRequest:
    """The HTTP request that opened the socket."""

    headers: Pairs
    query: Pairs
    source_ip: str
    port: int

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def user_agent(self) -> str:
        return self.header("user-agent")

    @property
    def domain(self) -> str:
        return self.header("host").rsplit(":", 1)[0]


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """What all events of a connection repeat about its client (`connected_at` in epoch ms)."""

    connection_id: str
    connected_at: int
    handshake: HandshakeRequest


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """The id of one request, and when it arrived (epoch milliseconds)."""

    request_id: str
    arrived_at: int

    @classmethod
    def now(cls) -> Self:
        return cls(new_id(), int(datetime.now(UTC).timestamp() * 1000))


def connect(stage: Stage, client: ClientInfo, request: RequestInfo) -> Event:
    handshake = client.handshake
    event = _with_headers(_forwarded(handshake))
    if handshake.query:
        event["queryStringParameters"] = dict(handshake.query)
        event["multiValueQueryStringParameters"] = _multi_value(handshake.query)
    context: Event = {"routeKey": "$connect", "eventType": "CONNECT"}
    return event | _with_context(stage, client, request, context)


def message(
    stage: Stage, client: ClientInfo, request: RequestInfo, route_key: str, body: str
) -> Event:
    context: Event = {"routeKey": route_key, "messageId": new_id(), "eventType": "MESSAGE"}
    event = _with_context(stage, client, request, context)
    event["body"] = body
    return event


def disconnect(
    stage: Stage, client: ClientInfo, request: RequestInfo, code: int, reason: str
) -> Event:
    host = client.handshake.domain
    headers = (("Host", host), ("x-api-key", ""), ("X-Forwarded-For", ""), ("x-restapi", ""))
    context: Event = {
        "routeKey": "$disconnect",
        "disconnectStatusCode": code,
        "eventType": "DISCONNECT",
        "disconnectReason": reason,
    }
    return _with_headers(headers) | _with_context(stage, client, request, context)


def _with_context(stage: Stage, client: ClientInfo, request: RequestInfo, context: Event) -> Event:
    identity = {"sourceIp": client.handshake.source_ip}
    if client.handshake.user_agent:
        identity["userAgent"] = client.handshake.user_agent
    common: Event = {
        "extendedRequestId": request.request_id,
        "requestTime": datetime.fromtimestamp(request.arrived_at / 1000, UTC).strftime(
            "%d/%b/%Y:%H:%M:%S +0000"
        ),
        "messageDirection": "IN",
        "stage": stage.name,
        "connectedAt": client.connected_at,
        "requestTimeEpoch": request.arrived_at,
        "identity": identity,
        "requestId": request.request_id,
        "domainName": client.handshake.domain,
        "connectionId": client.connection_id,
        "apiId": stage.api_id,
    }
    return {"requestContext": context | common, "isBase64Encoded": False}


def _forwarded(handshake: HandshakeRequest) -> Pairs:
    kept = tuple(pair for pair in handshake.headers if pair[0].lower() not in _HOP_HEADERS)
    return (
        *kept,
        ("X-Forwarded-For", handshake.source_ip),
        ("X-Forwarded-Port", str(handshake.port)),
        ("X-Forwarded-Proto", "http"),
    )


def _with_headers(headers: Pairs) -> Event:
    return {"headers": dict(headers), "multiValueHeaders": _multi_value(headers)}


def _multi_value(pairs: Pairs) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values
