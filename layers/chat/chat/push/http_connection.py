"""One keep-alive HTTP connection to the management endpoint, which never blocks."""

import os
import socket
import ssl
from contextlib import suppress
from errno import EINPROGRESS
from math import inf
from selectors import EVENT_READ, EVENT_WRITE

from chat.push.endpoint import Address
from chat.push.http_response import ResponseReader
from chat.push.post import Post

_READ_BYTES = 16_384
_NOT_NOW = (BlockingIOError, ssl.SSLWantReadError)


class HttpConnection:
    """Connects, then carries one request at a time.

    Every failure raises an OSError, or a MalformedResponse if the response is not HTTP.
    """

    __slots__ = (
        "_socket",
        "_unsent",
        "address",
        "attempt",
        "connected",
        "deadline",
        "fd",
        "idle_since",
        "post",
        "registered_events",
        "response",
        "responses_read",
        "wanted_events",
    )

    def __init__(self, address: Address) -> None:
        self.address = address
        self.wanted_events = EVENT_WRITE
        self.registered_events = 0
        """Those that the selector waits for."""
        self.connected = False
        self.post: Post | None = None
        self.response = ResponseReader()
        self.responses_read = 0
        """In full. Above 0, the peer may have closed the connection while it was idle."""
        self.attempt = 0
        """The attempt to connect that it belongs to."""
        self.deadline = inf
        self.idle_since = 0.0
        self._unsent = memoryview(b"")
        self._socket = socket.socket(address.family, socket.SOCK_STREAM)
        self.fd = self._socket.fileno()
        try:
            self._connect()
        except BaseException:
            self._socket.close()
            raise

    def _connect(self) -> None:
        self._socket.settimeout(0)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        error = self._socket.connect_ex(self.address.sockaddr)
        if error not in (0, EINPROGRESS):
            raise OSError(error, os.strerror(error))

    def continue_connecting(self, tls: ssl.SSLContext | None, server_name: str) -> bool:
        """Take the next step of TCP and TLS; True once requests can be sent."""
        error = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, os.strerror(error))
        if tls is not None and not self._continue_handshake(tls, server_name):
            return False
        self.connected = True
        self.wanted_events = EVENT_READ
        return True

    def _continue_handshake(self, tls: ssl.SSLContext, server_name: str) -> bool:
        if not isinstance(self._socket, ssl.SSLSocket):
            self._socket = tls.wrap_socket(
                self._socket, server_hostname=server_name, do_handshake_on_connect=False
            )
        try:
            self._socket.do_handshake()
        except ssl.SSLWantReadError:
            self.wanted_events = EVENT_READ
            return False
        except ssl.SSLWantWriteError:
            self.wanted_events = EVENT_WRITE
            return False
        return True

    def send(self, request: bytes) -> None:
        """Start a request; `send_rest` sends what the socket does not take at once."""
        self.response = ResponseReader()
        try:
            sent = self._socket.send(request)
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            sent = 0
        if sent < len(request):
            self._unsent = memoryview(request)[sent:]
            self.send_rest()

    def send_rest(self) -> None:
        try:
            while self._unsent:
                self._unsent = self._unsent[self._socket.send(self._unsent) :]
        except (BlockingIOError, ssl.SSLWantWriteError):
            self.wanted_events = EVENT_READ | EVENT_WRITE
        except ssl.SSLWantReadError:
            self.wanted_events = EVENT_READ
        else:
            self.wanted_events = EVENT_READ

    def receive(self) -> bool:
        """Read what has arrived; True once the response is complete."""
        if self._unsent:
            # A peer that rejects a long request closes early; its response can still be read.
            with suppress(OSError):
                self.send_rest()
        response = self.response
        try:
            while True:
                data = self._socket.recv(_READ_BYTES)
                if not data:
                    return self._on_close()
                if response.feed(data):
                    self.responses_read += 1
                    return True
        except _NOT_NOW:
            return False

    def _on_close(self) -> bool:
        if self.response.end():
            return True
        raise ConnectionResetError("closed before the response was complete")

    @property
    def reusable(self) -> bool:
        return self.response.reusable and not self._unsent

    def closed_while_idle(self, error: Exception) -> bool:
        """Tell whether the peer had closed a used connection before it read the request."""
        closed = not isinstance(error, TimeoutError)
        return closed and self.responses_read > 0 and not self.response.started

    def is_usable_while_idle(self) -> bool:
        """Check an idle connection; False if the peer closed it or sent an unexpected response."""
        try:
            self._socket.recv(1)
        except _NOT_NOW:
            # TLS makes an idle socket readable for its own messages, such as session tickets.
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        self._socket.close()
