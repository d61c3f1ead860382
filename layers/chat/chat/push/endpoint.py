"""The management endpoint: its parsed URL, its addresses, and the TLS that verifies it."""

import socket
import ssl
import threading
from collections.abc import Callable
from typing import NamedTuple, Self
from urllib.parse import quote, urlsplit

import msgspec

CACHE_SECONDS = 30.0
"""Half of the 60 s for which the DNS records of AWS's load balancers are valid."""

_SHORT_WAIT_SECONDS = 0.25
"""For a new address while an old one is known: posts in flight wait as well."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    host: str
    """Resolved, connected to, and verified in the certificate."""

    port: int
    tls: bool
    authority: str
    """The `Host` header, as it is signed: without the scheme's default port."""

    path_prefix: str
    """The path before a connection id, as it is sent."""

    canonical_prefix: str
    """The same as it is signed: SigV4 quotes a path once more."""

    @classmethod
    def parse(cls, url: str) -> Self:
        """Parse `https://{api}.execute-api.{region}.{suffix}/{stage}`, or a local http URL.

        Raises ValueError for any other URL.
        """
        parts = urlsplit(url)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.query:
            raise ValueError(f"not a management endpoint: {url!r}")
        name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        default_port = _DEFAULT_PORTS[parts.scheme]
        port = parts.port or default_port
        prefix = f"{parts.path.rstrip('/')}/@connections/"
        return cls(
            host=parts.hostname,
            port=port,
            tls=parts.scheme == "https",
            authority=name if port == default_port else f"{name}:{port}",
            path_prefix=prefix,
            canonical_prefix=quote(prefix, safe="/-_.~"),
        )


def default_tls(authorities: str = "") -> ssl.SSLContext:
    """Verify names and certificates against a file of authorities, or the machine's trust store."""
    context = ssl.create_default_context(cafile=authorities or None)
    context.set_alpn_protocols(["http/1.1"])
    return context


class Address(NamedTuple):
    family: int
    sockaddr: tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]


class Resolver:
    """Returns the addresses of one host in turn, which spreads many sockets over all of them."""

    def __init__(self, host: str, port: int, *, wall_clock: Callable[[], float]) -> None:
        self._host = host
        self._port = port
        self._wall_clock = wall_clock
        self._addresses: list[Address] = []
        self._stale_at = 0.0

    def next(self, seconds: float) -> Address:
        """Return the next address; raises OSError if none is known or found in so many seconds."""
        if not self._addresses or self._wall_clock() >= self._stale_at:
            self._refresh(seconds)
        address = self._addresses.pop(0)
        self._addresses.append(address)
        return address

    def discard(self, address: Address) -> bool:
        """Drop an address that does not connect; True if another one is left to try."""
        if address in self._addresses:
            self._addresses.remove(address)
        return bool(self._addresses)

    def _refresh(self, seconds: float) -> None:
        if self._addresses:
            seconds = min(seconds, _SHORT_WAIT_SECONDS)
        try:
            self._addresses = look_up(self._host, self._port, seconds)
        except OSError:
            # An old address is better than none, and TLS verifies that it is still the right host.
            if not self._addresses:
                raise
        self._stale_at = self._wall_clock() + CACHE_SECONDS


def look_up(host: str, port: int, timeout_seconds: float) -> list[Address]:
    try:
        return _addresses(host, port, socket.AI_NUMERICHOST)
    except socket.gaierror:
        return _look_up_name(host, port, timeout_seconds)


def _look_up_name(host: str, port: int, timeout_seconds: float) -> list[Address]:
    """Resolve in a thread, since the C library may take long and knows no deadline."""
    found: list[Address] = []
    errors: list[OSError] = []

    def look_up() -> None:
        try:
            found.extend(_addresses(host, port, 0))
        except OSError as error:
            errors.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(timeout_seconds)
    if errors:
        raise errors[0]
    if not found:
        raise TimeoutError(f"no address for {host} in time")
    return list(found)


def _addresses(host: str, port: int, flags: int) -> list[Address]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except UnicodeError as error:
        raise OSError(f"not a host name: {host}") from error
    return [Address(family, sockaddr) for family, _, _, _, sockaddr in answers]
