"""The minimum: bytes out, bytes in, over the same number of sockets."""

import selectors
import socket
import ssl
from contextlib import suppress
from itertools import islice


class BaselineLoop:
    def __init__(self, host: str, port: int, ca_file: str, sockets: int) -> None:
        tls = ssl.create_default_context(cafile=ca_file) if ca_file else None
        self._poll = selectors.DefaultSelector()
        self._sockets: list[socket.socket] = []
        for _ in range(sockets):
            connection = socket.create_connection((host, port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if tls is not None:
                connection = tls.wrap_socket(connection, server_hostname=host)
            connection.settimeout(0)
            self._sockets.append(connection)
            self._poll.register(connection, selectors.EVENT_READ, connection)

    def post(self, requests: list[bytes]) -> int:
        left = iter(requests)
        for connection, request in zip(
            self._sockets, islice(left, len(self._sockets)), strict=False
        ):
            connection.send(request)
        answered = 0
        while answered < len(requests):
            for key, _ in self._poll.select():
                ready: socket.socket = key.data
                with suppress(ssl.SSLWantReadError):  # a session ticket, not an answer
                    answered += ready.recv(16_384).endswith(b"\r\n\r\n")
                    for request in islice(left, 1):
                        ready.send(request)
        return answered
