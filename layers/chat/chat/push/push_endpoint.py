"""The address of a device at its push service (RFC 8030). It comes from a user."""

from typing import Self
from urllib.parse import quote, urlsplit

from msgspec import Struct

_PORTS = {"https": 443, "http": 80}
_SAFE_IN_A_TARGET = "/%?&=:;,+@!$'()*~-._[]"


class PushEndpoint(Struct, frozen=True, kw_only=True):
    host: str
    port: int
    is_encrypted: bool
    target: str
    """Path and query, as they are sent."""

    @classmethod
    def parse(cls, url: str, *, may_be_local: bool = False) -> Self:
        """Parse an https address at the usual port; another one only if it may be local.

        Raises:
            ValueError: it is not such an address, or has a user, a password or a fragment.
        """
        parts = urlsplit(url)
        is_encrypted = parts.scheme == "https"
        is_allowed = is_encrypted or (parts.scheme == "http" and may_be_local)
        if not is_allowed or not parts.hostname or "@" in parts.netloc or parts.fragment:
            raise ValueError("not the address of a push service")
        port = parts.port or _PORTS[parts.scheme]
        if port != _PORTS["https"] and not may_be_local:
            raise ValueError("not the port of a push service")
        query = f"?{parts.query}" if parts.query else ""
        return cls(
            host=parts.hostname.encode("idna").decode(),
            port=port,
            is_encrypted=is_encrypted,
            target=quote(f"{parts.path or '/'}{query}", safe=_SAFE_IN_A_TARGET),
        )

    @property
    def authority(self) -> str:
        """The `Host` header."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        usual = _PORTS["https" if self.is_encrypted else "http"]
        return name if self.port == usual else f"{name}:{self.port}"

    @property
    def origin(self) -> str:
        """The push service, as tokens name it (RFC 8292)."""
        return f"{'https' if self.is_encrypted else 'http'}://{self.authority}"
