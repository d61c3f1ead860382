"""The events of frames in `events/`: one envelope around the examples, and around `cases.toml`."""

import json
import tomllib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from chat.runtime.routes import ROUTES
from docs.reference.examples import reply_to_example, request_of

FOLDER = Path(__file__).parents[2] / "events"
CONNECTIONS = {
    "alice": "L0SM9cOFvHcCIhw=",
    "bob": "L0SNZcQ3PHcCJ9A=",
    "carol": "L0SOQdPrPHcCK4g=",
    "new": "L0SPFdJ6PHcCKPw=",
    "expired": "L0SHEcg4PHcCMPA=",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A frame, who sends it, and what comes of it: a reply or a refusal, and pushes."""

    frame: str
    by: str
    reply: str | None
    code: str | None
    pushed: Mapping[str, list[str]] = field(default_factory=dict)
    """Who is pushed a frame, by its type."""


@cache
def cases() -> dict[str, Case]:
    """Read the cases by the names of their events; the example of a route has the route's name."""
    more = tomllib.loads((FOLDER / "cases.toml").read_text())
    of_examples = {route: _case_of_example(route, more.pop(route, {})) for route in ROUTES}
    return of_examples | {name: _case(table) for name, table in more.items()}


def event_files() -> dict[Path, str]:
    """Make the text of each event, by the path at which it belongs."""
    made = {name: _event(name, case) for name, case in cases().items()}
    return {
        FOLDER / f"{name}.json": json.dumps(event, indent=2, ensure_ascii=False) + "\n"
        for name, event in made.items()
    }


def _case_of_example(route: str, more: Mapping[str, Any]) -> Case:
    request, reply = request_of(route), reply_to_example(route)
    frame = json.dumps(request.frame, ensure_ascii=False, separators=(",", ":"))
    return Case(frame=frame, by=request.by, reply=reply.frame["type"], code=None, **more)


def _case(table: Mapping[str, Any]) -> Case:
    refused = next((each for each in ("error", "auth_error") if each in table), None)
    return Case(
        frame=table["frame"].replace("x…", "x" * table.get("lengthen", 0)),
        by=table.get("by", "alice"),
        reply=refused or table.get("reply"),
        code=table[refused] if refused else None,
        pushed=table.get("pushed", {}),
    )


def _event(name: str, case: Case) -> dict[str, Any]:
    """Wrap a frame as API Gateway does.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
    """
    return {
        "requestContext": {
            "routeKey": _route_key(case.frame),
            "messageId": _made_up(f"{name} message"),
            "eventType": "MESSAGE",
            "extendedRequestId": _made_up(f"{name} request"),
            "requestTime": "22/Nov/2026:18:19:14 +0000",
            "messageDirection": "IN",
            "stage": "chat",
            "connectedAt": 1795371550123,
            "requestTimeEpoch": 1795371554123,
            "identity": {"sourceIp": "203.0.113.7"},
            "requestId": _made_up(f"{name} request"),
            "domainName": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
            "connectionId": CONNECTIONS[case.by],
            "apiId": "a1b2c3d4e5",
        },
        "body": case.frame,
        "isBase64Encoded": False,
    }


def _route_key(text: str) -> str:
    try:
        type_ = json.loads(text)["type"]
    except (ValueError, TypeError, KeyError):
        return "$default"
    return type_ if type_ in ROUTES else "$default"


def _made_up(seed: str) -> str:
    """Make an id as API Gateway's look, the same one for the same event."""
    return b64encode(sha256(seed.encode()).digest()[:11]).decode()
