"""Connections to a server whose address somebody chose.

Its name is looked up for each connection, and only addresses that are permitted are connected to:
by default the internet's. The certificate has to be the name's.
"""

import socket
import time
from collections.abc import Callable
from ssl import SSLContext
from typing import Protocol

from chat.push.endpoint import Address, look_up
from chat.push.http_response import ResponseReader
from chat.push.public_addresses import is_public

_READ_BYTES = 16_384

type LookUp = Callable[[str, int, float], list[Address]]


class NoPublicAddress(OSError):
    """A name leads to addresses of private networks alone."""


class Server(Protocol):
    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...

    @property
    def is_encrypted(self) -> bool: ...


class Connecting:
    """Connects to servers.

    Args:
        make_tls: makes what verifies certificates, once it is needed.
        permits: tells whether an address may be connected to.
        look_up: finds the addresses of a name.
    """

    def __init__(
        self,
        make_tls: Callable[[], SSLContext],
        *,
        permits: Callable[[str], bool] = is_public,
        look_up: LookUp = look_up,
    ) -> None:
        self._make_tls = make_tls
        self._tls: SSLContext | None = None
        self._permits = permits
        self._look_up = look_up

    def connect(self, server: Server, deadline: float) -> socket.socket:
        """Connect by a deadline of the monotonic clock.

        Raises:
            NoPublicAddress
            OSError: the server cannot be reached in time, or its certificate is not good.
        """
        found = self._look_up(server.host, server.port, _left(deadline))
        address = next((each for each in found if self._permits(str(each.sockaddr[0]))), None)
        if address is None:
            raise NoPublicAddress(server.host)
        connection = socket.socket(address.family, socket.SOCK_STREAM)
        try:
            connection.settimeout(_left(deadline))
            connection.connect(address.sockaddr)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return self._encrypted(connection, server, deadline)
        except BaseException:
            connection.close()
            raise

    def _encrypted(
        self, connection: socket.socket, server: Server, deadline: float
    ) -> socket.socket:
        if not server.is_encrypted:
            return connection
        self._tls = self._tls or self._make_tls()
        connection.settimeout(_left(deadline))
        return self._tls.wrap_socket(connection, server_hostname=server.host)


def exchange(connection: socket.socket, request: bytes, deadline: float) -> ResponseReader:
    """Send a request and read its response by a deadline of the monotonic clock.

    Raises:
        OSError: the connection broke, or the time was over.
        MalformedResponse
    """
    connection.settimeout(_left(deadline))
    connection.sendall(request)
    response = ResponseReader()
    is_complete = False
    while not is_complete:
        connection.settimeout(_left(deadline))
        data = connection.recv(_READ_BYTES)
        is_complete = response.feed(data) if data else response.end()
        if not data and not is_complete:
            raise ConnectionResetError("closed before the response was complete")
    return response


def _left(deadline: float) -> float:
    """Return the seconds until a deadline.

    Raises:
        TimeoutError: it has passed.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("no answer in time")
    return seconds
