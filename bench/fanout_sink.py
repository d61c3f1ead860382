"""A stand-in for `@connections` that costs as little as it can: run as a process of its own.

It answers every request alike, after a delay; it looks at nothing but that a request has come, and
whether it is for a connection that does not read, which is refused.
"""

import contextlib
import json
import selectors
import socket
import ssl
import sys
import time
from collections import deque

# With the headers that API Gateway sends along, which a client has to read.
_ANSWER = (
    b"HTTP/1.1 200 OK\r\n"
    b"Date: Sun, 22 Nov 2026 18:19:14 GMT\r\n"
    b"Content-Type: application/json\r\n"
    b"Content-Length: 0\r\n"
    b"Connection: keep-alive\r\n"
    b"x-amzn-RequestId: 6f0c9e2e-6f0c-4d6c-8f57-0d9c2f6a1b11\r\n"
    b"x-amz-apigw-id: ABCDEFGHIJKLMNO=\r\n\r\n"
)
_REFUSAL = _ANSWER.replace(b"200 OK", b"429 Too Many Requests")
SLOW = "slow"
"""How the ids of connections begin that do not read."""
_TO_SLOW = f"POST /@connections/{SLOW}".encode()


class Sink:
    def __init__(self, delay_seconds: float, tls: ssl.SSLContext | None) -> None:
        self._delay_seconds = delay_seconds
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._listener.settimeout(0)
        self._poll = selectors.DefaultSelector()
        self._poll.register(self._listener, selectors.EVENT_READ)
        self._due: deque[tuple[float, socket.socket, bytes]] = deque()
        self.port: int = self._listener.getsockname()[1]

    def serve(self) -> None:
        while True:
            wait = max(0.0, self._due[0][0] - time.monotonic()) if self._due else None
            for key, _ in self._poll.select(wait):
                if key.data is None:
                    self._accept()
                else:
                    self._read(key.data)
            now = time.monotonic()
            while self._due and self._due[0][0] <= now:
                self._answer(*self._due.popleft()[1:])

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.settimeout(0)
                if self._tls is not None:
                    connection = self._tls.wrap_socket(
                        connection, server_side=True, do_handshake_on_connect=False
                    )
                self._poll.register(connection, selectors.EVENT_READ, connection)

    def _read(self, connection: socket.socket) -> None:
        try:
            data = connection.recv(65_536)  # over TLS, this shakes hands first
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except OSError:
            data = b""
        if not data:
            self._poll.unregister(connection)
            connection.close()
        elif data.endswith(b"}"):  # the body, which may come apart from the head
            self._take(connection, _REFUSAL if data.startswith(_TO_SLOW) else _ANSWER)

    def _take(self, connection: socket.socket, answer: bytes) -> None:
        if self._delay_seconds:
            self._due.append((time.monotonic() + self._delay_seconds, connection, answer))
        else:
            self._answer(connection, answer)

    def _answer(self, connection: socket.socket, answer: bytes) -> None:
        with contextlib.suppress(OSError):  # a client that left gets no answer
            connection.send(answer)


def main() -> None:
    settings = json.loads(sys.argv[1])
    tls = None
    if settings["certificate"]:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(settings["certificate"])
    sink = Sink(settings["delay_seconds"], tls)
    sys.stdout.write(f"{sink.port}\n")
    sys.stdout.flush()
    sink.serve()


if __name__ == "__main__":
    main()
