"""Events as signed requests to an address of the owner's: Standard Webhooks, one at a time."""

import socket
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from http import HTTPStatus
from ssl import SSLContext
from typing import Self
from urllib.parse import quote, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from chat.push.endpoint import look_up
from chat.push.events import CONTENT_TYPE, Delivery, Event, encode_event
from chat.push.http_response import MalformedResponse, ResponseReader
from chat.push.public_addresses import is_public
from chat.push.public_connection import Connecting, LookUp, exchange
from chat.push.retry_after import retry_after_seconds
from chat.push.webhook_signature import sign

REQUEST_SECONDS = 15.0
"""For all of one attempt: finding the address, connecting, sending, and the whole response."""

_PORTS = {"https": 443, "http": 80}
_SAFE_IN_A_TARGET = "/%?&=:;,+@!$'()*~-._[]"

type Keys = Callable[[], Iterable[bytes]]


class WebhookUrl(Struct, frozen=True, kw_only=True):
    text: str
    host: str
    port: int
    is_encrypted: bool
    target: str
    """Path and query, as they are sent."""

    @classmethod
    def parse(cls, url: str, *, may_be_plain: bool = False) -> Self:
        """Parse an https address; an http one only if it may be.

        Raises:
            ValueError: it is neither, or has a user, a password or a fragment.
        """
        parts = urlsplit(url)
        is_encrypted = parts.scheme == "https"
        is_allowed = is_encrypted or (parts.scheme == "http" and may_be_plain)
        if not is_allowed or not parts.hostname or "@" in parts.netloc or parts.fragment:
            raise ValueError(f"A webhook needs an https address, without user and fragment: {url}")
        query = f"?{parts.query}" if parts.query else ""
        return cls(
            text=url,
            host=parts.hostname.encode("idna").decode(),
            port=parts.port or _PORTS[parts.scheme],
            is_encrypted=is_encrypted,
            target=quote(f"{parts.path or '/'}{query}", safe=_SAFE_IN_A_TARGET),
        )

    @property
    def authority(self) -> str:
        """The `Host` header."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        usual = _PORTS["https" if self.is_encrypted else "http"]
        return name if self.port == usual else f"{name}:{self.port}"


class Webhook:
    """Posts each event, signed, over a connection that is kept for the next one.

    Each connection goes to an address that was just looked up and found to be public; the
    certificate has to be the name's. Redirects are faults.

    Args:
        url: where to.
        keys: gives the keys to sign with.
        source: the events' `source`.
        make_tls: makes what verifies certificates.
        now_ms: the time of an attempt.
        permits: tells whether an address may be connected to.
        look_up: finds the addresses of a name.
        request_seconds: what one attempt may take.
    """

    sink = "webhook"
    at_once = 1

    def __init__(  # noqa: PLR0913 -- the last three have defaults
        self,
        url: WebhookUrl,
        keys: Keys,
        source: str,
        make_tls: Callable[[], SSLContext],
        now_ms: Callable[[], int],
        *,
        permits: Callable[[str], bool] = is_public,
        look_up: LookUp = look_up,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self.address = url.text
        self._url = url
        self._keys = keys
        self._source = source
        self._connecting = Connecting(make_tls, permits=permits, look_up=look_up)
        self._now_ms = now_ms
        self._request_seconds = request_seconds
        self._socket: socket.socket | None = None

    def send(self, events: Sequence[Event]) -> Delivery:
        """Post events until one is not accepted; any 2xx accepts."""
        for accepted, event in enumerate(events):
            fault = self._fault_of(event)
            if fault:
                return replace(fault, accepted=accepted)
        return Delivery(len(events))

    def close(self) -> None:
        """Close the connection that was kept."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _fault_of(self, event: Event) -> Delivery | None:
        """Post one event; say what went wrong, never what was sent."""
        try:
            response = self._post(self._request(event), time.monotonic() + self._request_seconds)
        except (OSError, MalformedResponse) as error:
            self.close()
            return Delivery(0, type(error).__name__)
        status = response.status
        if status // 100 == HTTPStatus.OK // 100:
            return None
        asked = retry_after_seconds(response.field(b"retry-after"), self._now_ms())
        is_gone = status == HTTPStatus.GONE
        return Delivery(0, f"HTTP {status}", is_gone=is_gone, retry_after_seconds=asked)

    def _post(self, request: bytes, deadline: float) -> ResponseReader:
        if self._socket is not None:
            # The consumer may have closed it since. If it has not, the event arrives twice.
            with suppress(OSError):
                return self._exchange(self._socket, request, deadline)
            self.close()
        self._socket = self._connecting.connect(self._url, deadline)
        return self._exchange(self._socket, request, deadline)

    def _exchange(
        self, connection: socket.socket, request: bytes, deadline: float
    ) -> ResponseReader:
        response = exchange(connection, request, deadline)
        if not response.reusable:
            self.close()
        return response

    def _request(self, event: Event) -> bytes:
        body = encode_event(event, self._source)
        timestamp = self._now_ms() // 1000
        headers = {
            "Host": self._url.authority,
            "User-Agent": "Parley",
            "Content-Type": CONTENT_TYPE,
            "Content-Length": str(len(body)),
            "webhook-id": event.event_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self._keys(), event.event_id, timestamp, body),
        }
        lines = [f"POST {self._url.target} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("ascii") + body
