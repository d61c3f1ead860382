"""A consumer of webhooks: a real HTTP server, on TLS or not."""

import json
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any, NamedTuple, Self

BACKLOG = 20


class Received(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.body)
        return event


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = BACKLOG

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that break off are part of the tests."""


class HttpConsumer:
    """Answers each request with the status that `answers` gives, 204 unless a test says else."""

    def __init__(self, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.received: list[Received] = []
        self.connections = 0
        self._arrival = Condition()
        self._open: list[socket.socket] = []
        self.answers: Callable[[Received], int] = lambda _: 204
        self.headers: dict[str, str] = {}
        self._server = _Server(("127.0.0.1", port), self._handler())
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, args=[0.01], daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [each.event for each in self.received]

    def waits_until(self, is_so: Callable[[], bool], seconds: float) -> None:
        """Wait until something is so, looking again after each request."""
        with self._arrival:
            assert self._arrival.wait_for(is_so, seconds), "it did not come to be"

    def _take(self, received: Received) -> int:
        with self._arrival:
            self.received.append(received)
            status = self.answers(received)
            self._arrival.notify_all()
        return status

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        consumer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                consumer.connections += 1
                consumer._open.append(self.connection)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(consumer._take(Received(self.path, headers, body)))
                for name, value in consumer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its signature
                """Say nothing."""

        return Handler
