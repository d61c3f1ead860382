"""The management endpoint, taken apart once."""

import ssl
from typing import Self
from urllib.parse import quote, urlsplit

import msgspec

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    host: str
    """What is resolved, connected to, and verified in the certificate."""

    port: int
    tls: bool
    authority: str
    """The `Host` header: without a port that the scheme implies, as it is signed."""

    path_prefix: str
    """As sent: the stage, and what stands before a connection id."""

    canonical_prefix: str
    """As signed: SigV4 quotes a path once more than it is sent."""

    @classmethod
    def parse(cls, url: str) -> Self:
        """Take apart `https://{api}.execute-api.{region}.{suffix}/{stage}`, or a local http one."""
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
    """Verify against a file of authorities, or else the machine's trust store; names included."""
    context = ssl.create_default_context(cafile=authorities or None)
    context.set_alpn_protocols(["http/1.1"])
    return context
