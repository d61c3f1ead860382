"""AWS Signature Version 4 for execute-api, as botocore's own signer makes it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
import time
from hashlib import sha256
from typing import NamedTuple

from chat.push.credentials import Credentials

_ALGORITHM = "AWS4-HMAC-SHA256"
_SERVICE = "execute-api"
_BLOCK_BYTES = 64
_INNER_PAD = bytes(byte ^ 0x36 for byte in range(256))
_OUTER_PAD = bytes(byte ^ 0x5C for byte in range(256))


class SigningKey:
    """An HMAC-SHA256 key with its two first blocks hashed already (RFC 2104).

    Half the price of `hmac.digest`, which hashes them for every message.
    """

    __slots__ = ("inner", "outer")

    def __init__(self, key: bytes) -> None:
        block = key.ljust(_BLOCK_BYTES, b"\0")
        self.inner = sha256(block.translate(_INNER_PAD))
        self.outer = sha256(block.translate(_OUTER_PAD))


class Stamp(NamedTuple):
    """Who signs, and when."""

    access_key: str
    token: str | None
    date: str
    scope: str
    key: SigningKey


class Signer:
    """Signs in one region; derives a signing key only when day or credentials change."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._made_for: tuple[str, str] | None = None
        self._key = SigningKey(b"")

    def stamp(self, credentials: Credentials, at: float) -> Stamp:
        """Prepare to sign with these credentials, at a time since the epoch."""
        date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
        day = date[:8]
        if self._made_for != (credentials.secret_key, day):
            self._key = SigningKey(_derive(credentials.secret_key, day, self._region))
            self._made_for = (credentials.secret_key, day)
        scope = f"{day}/{self._region}/{_SERVICE}/aws4_request"
        return Stamp(credentials.access_key, credentials.token, date, scope, self._key)


def _derive(secret_key: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, _SERVICE, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


class Signature:
    """The signatures of requests that differ in the last segment of their path only."""

    def __init__(self, stamp: Stamp, method: str, path_prefix: str, host: str, body: bytes) -> None:
        headers = {"host": host, "x-amz-date": stamp.date}
        if stamp.token:
            headers["x-amz-security-token"] = stamp.token
        names = ";".join(headers)
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        self.authorization = (
            f"{_ALGORITHM} Credential={stamp.access_key}/{stamp.scope}, "
            f"SignedHeaders={names}, Signature="
        )
        self._key = stamp.key
        self._before_segment = f"{method}\n{path_prefix}".encode()
        self._after_segment = f"\n\n{lines}\n{names}\n{sha256(body).hexdigest()}".encode()
        self._to_sign = f"{_ALGORITHM}\n{stamp.date}\n{stamp.scope}\n".encode()

    def of(self, segment: bytes) -> str:
        """Sign for a path that ends in this segment, which is in canonical form."""
        request = sha256(self._before_segment + segment + self._after_segment).hexdigest()
        inner = self._key.inner.copy()
        inner.update(self._to_sign + request.encode())
        outer = self._key.outer.copy()
        outer.update(inner.digest())
        return outer.hexdigest()
