"""Web Push: one request to a device's push service (RFC 8030), which only the device can read.

The address comes from a user. So it is looked up for each request, only public addresses are
connected to, redirects are not followed, and no response is read to its end if it is long.
"""

import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from math import ceil
from ssl import SSLContext
from typing import Protocol

from chat.push.endpoint import look_up
from chat.push.http_response import MalformedResponse, ResponseReader
from chat.push.message_encryption import UnusableKeys, encrypt
from chat.push.public_addresses import is_public
from chat.push.public_connection import Connecting, LookUp, NoPublicAddress, exchange
from chat.push.push_endpoint import PushEndpoint
from chat.push.retry_after import retry_after_seconds
from chat.push.vapid import Vapid
from chat.push.web_push_outcomes import Outcome, Result, Urgency

REQUEST_SECONDS = 5.0
"""For all of one request: finding the address, connecting, sending, and the whole response."""

TTL_SECONDS = 24 * 60 * 60
"""How long a push service keeps a message for a device that it cannot reach."""

MAX_RETRY_SECONDS = 900
"""The longest delay of a queue. A push service that asks for more is asked again after this."""

_TOPIC_CHARACTERS = 32


class Recipient(Protocol):
    """A device's address and keys."""

    @property
    def endpoint(self) -> str: ...

    @property
    def p256dh(self) -> str: ...

    @property
    def auth(self) -> str: ...


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
        permits = (lambda _: True) if may_be_local else is_public
        self._connecting = Connecting(make_tls, permits=permits, look_up=look_up)
        self._now_ms = now_ms
        self._may_be_local = may_be_local
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
            connection = self._connecting.connect(endpoint, deadline)
        except NoPublicAddress:
            return Result(Outcome.GONE)
        except OSError:
            return Result(Outcome.LATER)
        with connection:
            try:
                return self._result(exchange(connection, request, deadline))
            except (OSError, MalformedResponse):
                return Result(Outcome.UNKNOWN)

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

    def _result(self, response: ResponseReader) -> Result:
        status = response.status
        if status // 100 == HTTPStatus.OK // 100:
            return Result(Outcome.SENT)
        if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            return Result(Outcome.GONE)
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            asked = retry_after_seconds(response.field(b"retry-after"), self._now_ms())
            return Result(Outcome.LATER, min(ceil(asked), MAX_RETRY_SECONDS))
        return Result(Outcome.REFUSED)


def topic(about: str) -> str:
    """Name what a message is about so that push services cannot read it (RFC 8030, section 5.4)."""
    return urlsafe_b64encode(sha256(about.encode()).digest()).decode()[:_TOPIC_CHARACTERS]
