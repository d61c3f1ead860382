"""One keep-alive connection to the endpoint, never blocking."""

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


class Channel:
    """Connects, then carries one request at a time.

    Everything that breaks it is an OSError, or a MalformedResponse from reading.
    """

    __slots__ = (
        "_socket",
        "_unsent",
        "address",
        "answer",
        "answers",
        "connected",
        "expires_at",
        "fd",
        "idle_since",
        "post",
        "wants",
        "watched",
        "wave",
    )

    def __init__(self, address: Address) -> None:
        self.address = address
        self.wants = EVENT_WRITE
        """The events that move it on; `watched` are those that the selector knows of."""
        self.watched = 0
        self.connected = False
        self.post: Post | None = None
        self.answer = ResponseReader()
        self.answers = 0
        """Read in full so far: above 0, the peer may have closed it while it was idle."""
        self.wave = 0
        """Which round of connecting it belongs to."""
        self.expires_at = inf
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

    def go_on_connecting(self, tls: ssl.SSLContext | None, server_name: str) -> bool:
        """Take the next step of TCP and TLS; True once requests can be sent."""
        error = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, os.strerror(error))
        if tls is not None and not self._shake_hands(tls, server_name):
            return False
        self.connected = True
        self.wants = EVENT_READ
        return True

    def _shake_hands(self, tls: ssl.SSLContext, server_name: str) -> bool:
        if not isinstance(self._socket, ssl.SSLSocket):
            self._socket = tls.wrap_socket(
                self._socket, server_hostname=server_name, do_handshake_on_connect=False
            )
        try:
            self._socket.do_handshake()
        except ssl.SSLWantReadError:
            self.wants = EVENT_READ
            return False
        except ssl.SSLWantWriteError:
            self.wants = EVENT_WRITE
            return False
        return True

    def send(self, request: bytes) -> None:
        """Start a request: what does not fit into the socket follows with `send_rest`."""
        self.answer = ResponseReader()
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
            self.wants = EVENT_READ | EVENT_WRITE
        except ssl.SSLWantReadError:
            self.wants = EVENT_READ
        else:
            self.wants = EVENT_READ

    def receive(self) -> bool:
        """Read what has arrived; True once the answer is whole."""
        if self._unsent:
            # A peer that has refused a long request closes; what it said is there to be read.
            with suppress(OSError):
                self.send_rest()
        answer = self.answer
        try:
            while True:
                data = self._socket.recv(_READ_BYTES)
                if not data:
                    return self._ended()
                if answer.feed(data):
                    self.answers += 1
                    return True
        except _NOT_NOW:
            return False

    def _ended(self) -> bool:
        if self.answer.end():
            return True
        raise ConnectionResetError("closed before the answer was whole")

    @property
    def reusable(self) -> bool:
        return self.answer.reusable and not self._unsent

    def died_idle(self, error: Exception) -> bool:
        """Tell whether the peer had closed a used channel before it saw the request."""
        closed = not isinstance(error, TimeoutError)
        return closed and self.answers > 0 and not self.answer.started

    def stays_quiet(self) -> bool:
        """Look at an idle channel; False if the peer closed it or said something unasked."""
        try:
            self._socket.recv(1)
        except _NOT_NOW:
            # TLS wakes an idle socket for its own ends, such as session tickets.
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        self._socket.close()
