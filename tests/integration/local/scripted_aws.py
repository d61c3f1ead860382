"""A control plane and a Lambda endpoint whose answers a test writes."""

import json
import sys
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_SECONDS = 60
"""How long a test waits for what is certain to come: only a test that fails waits so long."""

type Event = dict[str, Any]
type Function = Callable[[Event], object]

_INVOKE = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions"
_ARN = f"{_INVOKE}/arn:aws:lambda:us-east-1:000000000000:function:"


@dataclass
class ScriptedAws:
    """Each route has a function of its own, which answers 200 unless a test sets another."""

    functions: dict[str, Function] = field(default_factory=dict)
    stages: list[str] = field(default_factory=lambda: ["v1"])
    silent: set[str] = field(default_factory=set)
    invocations: SimpleQueue[Event] = field(default_factory=SimpleQueue)
    url: str = ""

    def on(self, route_key: str, function: Function, *, replies: bool = True) -> None:
        self.functions[route_key] = function
        if not replies:
            self.silent.add(route_key)

    def next_event(self) -> Event:
        return self.invocations.get(timeout=PATIENCE_SECONDS)

    def invoke(self, number: int, event: Event) -> object:
        self.invocations.put(event)
        return list(self.functions.values())[number](event)

    def control_plane(self, path: str) -> list[dict[str, object]]:
        match path.removeprefix("/v2/apis").split("/"):
            case [""]:
                services: dict[str, object] = {"apiId": "abc123", "protocolType": "WEBSOCKET"}
                return [services | {"routeSelectionExpression": "$request.body.type"}]
            case [*_, "stages"]:
                return [{"stageName": name} for name in self.stages]
            case [*_, "routes"]:
                return [self._route(number, key) for number, key in enumerate(self.functions)]
        return [
            {"integrationId": f"i{number}", "integrationUri": f"{_ARN}f{number}/invocations"}
            for number in range(len(self.functions))
        ]

    def _route(self, number: int, key: str) -> dict[str, object]:
        route: dict[str, object] = {"routeKey": key, "target": f"integrations/i{number}"}
        return (
            route
            if key in self.silent
            else route | {"routeResponseSelectionExpression": "$default"}
        )


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        # The gateway closes the connection if a function takes too long.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # socketserver's own


@contextmanager
def scripted_aws() -> "Iterator[ScriptedAws]":
    aws = ScriptedAws({"$connect": _ok, "$disconnect": _ok, "$default": _ok})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._answer({"items": aws.control_plane(self.path)})

        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                self._answer(aws.invoke(int(self.path.split("/")[3].removeprefix("f")), event))
            except RuntimeError as error:
                failure = {"errorMessage": str(error), "errorType": "RuntimeError"}
                self._answer(failure, {"X-Amz-Function-Error": "Unhandled"})

        def _answer(self, answer: object, headers: dict[str, str] | None = None) -> None:
            body = json.dumps(answer).encode()
            self.send_response(200)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
            pass

    with _Server(("127.0.0.1", 0), Handler) as server:
        aws.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield aws
        server.shutdown()
        thread.join()


def _ok(event: Event) -> object:
    del event
    return {"statusCode": 200}
