"""Requests signed with AWS Signature Version 4, as botocore's own signer makes them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
import re
import time
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from chat.protocol.ids import ConnectionId
from chat.push.endpoint import Endpoint

if TYPE_CHECKING:
    from botocore.credentials import Credentials as BotocoreCredentials
    from botocore.session import Session

_ALGORITHM = "AWS4-HMAC-SHA256"
_SERVICE = "execute-api"
_BLOCK_BYTES = 64
_INNER_PAD = bytes(byte ^ 0x36 for byte in range(256))
_OUTER_PAD = bytes(byte ^ 0x5C for byte in range(256))
# API Gateway's connection ids are base64: only their padding has to be quoted.
_is_base64url = re.compile(r"[A-Za-z0-9_-]*=*", re.ASCII).fullmatch


class Credentials(NamedTuple):
    access_key: str
    secret_key: str
    token: str | None = None


type CredentialSource = Callable[[], Credentials]
"""Called once for each push, so it returns what it has in memory if it can."""


class CredentialsMissing(Exception):
    """A botocore session finds no credentials, or empty ones."""


class SessionCredentials:
    """A botocore session's credentials, found on first use and refreshed by botocore."""

    def __init__(self, session: "Session | None" = None) -> None:
        self._session = session
        self._found: BotocoreCredentials | None = None

    def __call__(self) -> Credentials:
        if self._found is None:
            self._found = self._find()
        # This refreshes credentials that are about to expire.
        access_key, secret_key, token, *_ = self._found.get_frozen_credentials()
        if not access_key or not secret_key:
            raise CredentialsMissing("the credentials to sign pushes with are empty")
        return Credentials(access_key, secret_key, token)

    def _find(self) -> "BotocoreCredentials":
        found = (self._session or _new_session()).get_credentials()
        if found is None:
            raise CredentialsMissing("no credentials to sign pushes with")
        return found


def _new_session() -> "Session":
    from botocore.session import get_session  # noqa: PLC0415 -- 50 ms, only if it is needed

    return get_session()


class SigningKey:
    """An HMAC-SHA256 key whose two first blocks are hashed already (RFC 2104).

    This costs half of `hmac.digest`, which hashes them for every message.
    """

    __slots__ = ("inner", "outer")

    def __init__(self, key: bytes) -> None:
        block = key.ljust(_BLOCK_BYTES, b"\0")
        self.inner = sha256(block.translate(_INNER_PAD))
        self.outer = sha256(block.translate(_OUTER_PAD))


class SigningContext(NamedTuple):
    """The part of a signature that depends on the signer and the time, not on the request."""

    access_key: str
    token: str | None
    date: str
    scope: str
    key: SigningKey


class Signer:
    """Makes signing contexts in one region; derives a key only if the day or credentials change."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._derived_for: tuple[str, str] | None = None
        self._key = SigningKey(b"")

    def context(self, credentials: Credentials, at: float) -> SigningContext:
        """Prepare to sign with these credentials, at a time in seconds since the epoch."""
        date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
        day = date[:8]
        if self._derived_for != (credentials.secret_key, day):
            self._key = SigningKey(_derive(credentials.secret_key, day, self._region))
            self._derived_for = (credentials.secret_key, day)
        scope = f"{day}/{self._region}/{_SERVICE}/aws4_request"
        return SigningContext(credentials.access_key, credentials.token, date, scope, self._key)


def _derive(secret_key: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, _SERVICE, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


class Signature:
    """The signatures of requests that differ only in the last segment of their path."""

    def __init__(
        self, context: SigningContext, method: str, path_prefix: str, host: str, body: bytes
    ) -> None:
        headers = {"host": host, "x-amz-date": context.date}
        if context.token:
            headers["x-amz-security-token"] = context.token
        names = ";".join(headers)
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        self.authorization = (
            f"{_ALGORITHM} Credential={context.access_key}/{context.scope}, "
            f"SignedHeaders={names}, Signature="
        )
        self._key = context.key
        self._before_segment = f"{method}\n{path_prefix}".encode()
        self._after_segment = f"\n\n{lines}\n{names}\n{sha256(body).hexdigest()}".encode()
        self._to_sign = f"{_ALGORITHM}\n{context.date}\n{context.scope}\n".encode()

    def for_segment(self, segment: bytes) -> str:
        """Sign the request whose path ends in this segment, which is in canonical form."""
        request = sha256(self._before_segment + segment + self._after_segment).hexdigest()
        inner = self._key.inner.copy()
        inner.update(self._to_sign + request.encode())
        outer = self._key.outer.copy()
        outer.update(inner.digest())
        return outer.hexdigest()


class SignedRequests:
    """Requests of one method with one body, valid for minutes after the time of their context."""

    def __init__(
        self, endpoint: Endpoint, context: SigningContext, method: str, body: bytes
    ) -> None:
        signature = Signature(context, method, endpoint.canonical_prefix, endpoint.authority, body)
        token = f"X-Amz-Security-Token: {context.token}\r\n" if context.token else ""
        self._sign = signature.for_segment
        self._before_id = f"{method} {endpoint.path_prefix}".encode()
        self._before_signature = (
            " HTTP/1.1\r\n"
            f"Host: {endpoint.authority}\r\n"
            f"X-Amz-Date: {context.date}\r\n"
            f"{token}"
            f"Content-Length: {len(body)}\r\n"
            f"Authorization: {signature.authorization}"
        ).encode()
        self._after_signature = b"\r\n\r\n" + body

    def to(self, connection_id: ConnectionId) -> bytes:
        """Return the bytes of the whole request."""
        segment = quote_id(connection_id)
        return b"".join(
            (
                self._before_id,
                segment,
                self._before_signature,
                self._sign(segment.replace(b"%", b"%25")).encode(),
                self._after_signature,
            )
        )


def quote_id(connection_id: str) -> bytes:
    """Quote an id as one segment of a path; quoted once more, it is the canonical form."""
    if _is_base64url(connection_id):
        return connection_id.replace("=", "%3D").encode()
    # The server rejects an id that is not valid text, and no other post fails with it.
    return quote(connection_id, safe="", errors="surrogatepass").encode()
