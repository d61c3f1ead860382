"""Web Push: one request to a device's push service (RFC 8030), which only the device can read.

The address comes from a user. So it is looked up for each request, only public addresses are
connected to, redirects are not followed, and no response is read to its end if it is long.
"""

import socket
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from ssl import SSLContext
from typing import Protocol

from chat.push.endpoint import Address, look_up
from chat.push.http_response import MalformedResponse, ResponseReader
from chat.push.message_encryption import UnusableKeys, encrypt
from chat.push.public_addresses import is_public
from chat.push.push_endpoint import PushEndpoint
from chat.push.vapid import Vapid
from chat.push.web_push_outcomes import Outcome, Result, Urgency

REQUEST_SECONDS = 5.0
"""For all of one request: finding the address, connecting, sending, and the whole response."""

TTL_SECONDS = 24 * 60 * 60
"""How long a push service keeps a message for a device that it cannot reach."""

MAX_RETRY_SECONDS = 900
"""The longest delay of a queue. A push service that asks for more is asked again after this."""

_READ_BYTES = 16_384
_HEAD_BYTES = 16_384
_TOPIC_CHARACTERS = 32

type LookUp = Callable[[str, int, float], list[Address]]


class Recipient(Protocol):
    """A device's address and keys."""

    @property
    def endpoint(self) -> str: ...

    @property
    def p256dh(self) -> str: ...

    @property
    def auth(self) -> str: ...


class NoPublicAddress(OSError):
    """A name leads to addresses of private networks alone."""


class WebPush:
    """Sends to devices. Each request has a connection of its own.

    Args:
        vapid: says who sends.
        make_tls: makes what verifies certificates.
        now_ms: the time of a request.
        may_be_local: whether addresses may be of this machine, and without encryption.
        look_up: finds the addresses of a name.
        request_seconds: what one request may take.
    """

    def __init__(  # noqa: PLR0913 -- the last three have defaults
        self,
        vapid: Vapid,
        make_tls: Callable[[], SSLContext],
        now_ms: Callable[[], int],
        *,
        may_be_local: bool = False,
        look_up: LookUp = look_up,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self._vapid = vapid
        self._make_tls = make_tls
        self._tls: SSLContext | None = None
        self._now_ms = now_ms
        self._may_be_local = may_be_local
        self._look_up = look_up
        self._request_seconds = request_seconds

    def send(self, to: Recipient, message: bytes, about: str, urgency: Urgency) -> Result:
        """Send a message, which replaces an earlier one about the same that still waits.

        Never raises for what a device or its push service does.
        """
        try:
            endpoint = PushEndpoint.parse(to.endpoint, may_be_local=self._may_be_local)
            request = self._request(endpoint, encrypt(message, to.p256dh, to.auth), about, urgency)
        except (ValueError, UnusableKeys):
            return Result(Outcome.GONE)
        deadline = time.monotonic() + self._request_seconds
        try:
            connection = self._connect(endpoint, deadline)
        except NoPublicAddress:
            return Result(Outcome.GONE)
        except OSError:
            return Result(Outcome.LATER)
        with connection:
            try:
                return _exchange(connection, request, deadline)
            except (OSError, MalformedResponse):
                return Result(Outcome.UNKNOWN)

    def _connect(self, endpoint: PushEndpoint, deadline: float) -> socket.socket:
        found = self._look_up(endpoint.host, endpoint.port, _left(deadline))
        permitted = (each for each in found if self._permits(str(each.sockaddr[0])))
        address = next(permitted, None)
        if address is None:
            raise NoPublicAddress(endpoint.host)
        connection = socket.socket(address.family, socket.SOCK_STREAM)
        try:
            connection.settimeout(_left(deadline))
            connection.connect(address.sockaddr)
            if not endpoint.is_encrypted:
                return connection
            self._tls = self._tls or self._make_tls()
            connection.settimeout(_left(deadline))
            return self._tls.wrap_socket(connection, server_hostname=endpoint.host)
        except BaseException:
            connection.close()
            raise

    def _permits(self, address: str) -> bool:
        return self._may_be_local or is_public(address)

    def _request(self, to: PushEndpoint, body: bytes, about: str, urgency: Urgency) -> bytes:
        headers = {
            "Host": to.authority,
            "Connection": "close",
            "User-Agent": "Parley",
            "Authorization": self._vapid.authorization(to.origin, self._now_ms() // 1000),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Content-Length": str(len(body)),
            "TTL": str(TTL_SECONDS),
            "Topic": topic(about),
            "Urgency": urgency,
        }
        lines = [f"POST {to.target} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def topic(about: str) -> str:
    """Name what a message is about so that push services cannot read it (RFC 8030, section 5.4)."""
    return urlsafe_b64encode(sha256(about.encode()).digest()).decode()[:_TOPIC_CHARACTERS]


def _exchange(connection: socket.socket, request: bytes, deadline: float) -> Result:
    connection.settimeout(_left(deadline))
    connection.sendall(request)
    response, head = ResponseReader(), b""
    is_complete = False
    while not is_complete:
        connection.settimeout(_left(deadline))
        data = connection.recv(_READ_BYTES)
        head = (head + data)[:_HEAD_BYTES]
        is_complete = response.feed(data) if data else response.end()
        if not data and not is_complete:
            raise ConnectionResetError("closed before the response was complete")
    return _result(response.status, head)


def _result(status: int, head: bytes) -> Result:
    if status // 100 == HTTPStatus.OK // 100:
        return Result(Outcome.SENT)
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return Result(Outcome.GONE)
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Result(Outcome.LATER, _retry_after(head))
    return Result(Outcome.REFUSED)


def _retry_after(head: bytes) -> int:
    """Read in how many seconds to try again (RFC 9110, 10.2.3); 0 for a date, which is rare."""
    _, _, rest = head.lower().partition(b"\r\nretry-after:")
    value = rest.partition(b"\r\n")[0].strip()
    # Longer numbers are out of bounds anyway.
    return min(int(value[:9]), MAX_RETRY_SECONDS) if value.isdigit() else 0


def _left(deadline: float) -> float:
    """Return the seconds until a deadline.

    Raises:
        TimeoutError: it has passed.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("no answer in time")
    return seconds
