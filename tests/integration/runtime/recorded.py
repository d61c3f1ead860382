"""The recorded events: each file is named after its route, queue or function, and its case."""

import json
from typing import Any

from chat.runtime.routes import BACKEND, GATEWAY_ROUTES, QUEUES, RELAY, ROUTES
from docs.reference.events import CONNECTIONS
from testing.template import REPOSITORY

FOLDER = REPOSITORY / "events"
EVENTS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))
}
FUNCTIONS = {path.name for path in (REPOSITORY / "functions").iterdir()}

# The connections in the events.
ALICE, BOB, CAROL = (CONNECTIONS[name] for name in ("alice", "bob", "carol"))
UNAUTHENTICATED = CONNECTIONS["new"]
BEING_OPENED = "L0SQxeZbvHcCLbQ="
SESSION_OVER = CONNECTIONS["expired"]

_FUNCTIONS = (
    {key.removeprefix("$"): function for key, function in GATEWAY_ROUTES.items()}
    | {key: route.function for key, route in ROUTES.items()}
    | {queue: queue for queue in QUEUES}
    | {name: name for name in ("rotate_signing_key", BACKEND, RELAY)}
)


def function_of(event: str) -> str:
    """Name the function that an event is for."""
    return _FUNCTIONS[max((name for name in _FUNCTIONS if _is_of(event, name)), key=len)]


def _is_of(event: str, name: str) -> bool:
    return f"{event}_".startswith(f"{name}_")
