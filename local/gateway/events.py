"""The JSON that a function gets, field by field as API Gateway writes it.

Checked against events recorded on AWS, those among the test data of Powertools for AWS Lambda.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from local.gateway.identifiers import new_id

type Event = dict[str, object]
type Pairs = tuple[tuple[str, str], ...]

# They belong to the hop between client and front, and do not reach the function.
_HOP_HEADERS = frozenset({"connection", "upgrade", "content-length", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Stage:
    api_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Handshake:
    """What the client said when it opened the socket."""

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
class Client:
    """Who is connected, as every one of the connection's events repeats it."""

    connection_id: str
    connected_at: int
    handshake: Handshake


@dataclass(frozen=True, slots=True)
class Moment:
    """One request: its id, and when it came in (epoch milliseconds)."""

    request_id: str
    at: int

    @classmethod
    def now(cls) -> Self:
        return cls(new_id(), int(datetime.now(UTC).timestamp() * 1000))


def connect(stage: Stage, client: Client, moment: Moment) -> Event:
    shown = client.handshake
    event = _with_headers(_forwarded(shown))
    if shown.query:
        event["queryStringParameters"] = dict(shown.query)
        event["multiValueQueryStringParameters"] = _multi(shown.query)
    context: Event = {"routeKey": "$connect", "eventType": "CONNECT"}
    return event | _requested(stage, client, moment, context)


def message(stage: Stage, client: Client, moment: Moment, route_key: str, body: str) -> Event:
    context: Event = {"routeKey": route_key, "messageId": new_id(), "eventType": "MESSAGE"}
    event = _requested(stage, client, moment, context)
    event["body"] = body
    return event


def disconnect(stage: Stage, client: Client, moment: Moment, code: int, reason: str) -> Event:
    host = client.handshake.domain
    headers = (("Host", host), ("x-api-key", ""), ("X-Forwarded-For", ""), ("x-restapi", ""))
    context: Event = {
        "routeKey": "$disconnect",
        "disconnectStatusCode": code,
        "eventType": "DISCONNECT",
        "disconnectReason": reason,
    }
    return _with_headers(headers) | _requested(stage, client, moment, context)


def _requested(stage: Stage, client: Client, moment: Moment, context: Event) -> Event:
    identity = {"sourceIp": client.handshake.source_ip}
    if client.handshake.user_agent:
        identity["userAgent"] = client.handshake.user_agent
    common: Event = {
        "extendedRequestId": moment.request_id,
        "requestTime": datetime.fromtimestamp(moment.at / 1000, UTC).strftime(
            "%d/%b/%Y:%H:%M:%S +0000"
        ),
        "messageDirection": "IN",
        "stage": stage.name,
        "connectedAt": client.connected_at,
        "requestTimeEpoch": moment.at,
        "identity": identity,
        "requestId": moment.request_id,
        "domainName": client.handshake.domain,
        "connectionId": client.connection_id,
        "apiId": stage.api_id,
    }
    return {"requestContext": context | common, "isBase64Encoded": False}


def _forwarded(shown: Handshake) -> Pairs:
    kept = tuple(pair for pair in shown.headers if pair[0].lower() not in _HOP_HEADERS)
    return (
        *kept,
        ("X-Forwarded-For", shown.source_ip),
        ("X-Forwarded-Port", str(shown.port)),
        ("X-Forwarded-Proto", "http"),
    )


def _with_headers(headers: Pairs) -> Event:
    return {"headers": dict(headers), "multiValueHeaders": _multi(headers)}


def _multi(pairs: Pairs) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values
