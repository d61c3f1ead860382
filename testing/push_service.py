"""A push service (RFC 8030) on this machine: it takes messages, and answers as a test says."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

type Answer = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """What arrived, and what is answered: 201 unless a test says otherwise."""

    port: int
    scheme: str = "http"
    received: list[Received] = field(default_factory=list)
    answer: Callable[[Received], Answer] = lambda _: (201, {})

    @property
    def origin(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def wait_for(self, number: int, seconds: float = 60) -> list[Received]:
        """Wait until so many messages arrived.

        Raises:
            TimeoutError
        """
        deadline, arrived = time.monotonic() + seconds, threading.Event()
        while len(self.received) < number:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.received)} of {number} messages arrived")
            arrived.wait(0.05)
        return self.received


@contextmanager
def push_service(tls: ssl.SSLContext | None = None) -> Iterator[PushService]:
    """Run a push service until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            received = Received(self.path, headers, body)
            service.received.append(received)
            status, answered = service.answer(received)
            self.send_response(status)
            for name, value in ({"Content-Length": "0"} | answered).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    service = PushService(server.server_port, "https" if tls else "http")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
