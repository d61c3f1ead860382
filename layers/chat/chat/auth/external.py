"""Tokens of an OpenID provider, verified by the keys that it publishes.

Only algorithms with a public key, each only with a key of its own kind. The keys are fetched once,
again after an hour, and again for a key id that is not known, but not more often than once a
minute. A fetch that failed is tried again after five seconds.
"""

import json
import logging
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import jwt
from msgspec import Struct, ValidationError, convert

from chat.protocol.errors import InvalidToken, TokenExpired

_log = logging.getLogger(__name__)

ALGORITHMS = [
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
]
CLOCK_SKEW_SECONDS = 60
"""How far a provider's clock may be ahead."""

KEYS_LAST_MS = 60 * 60 * 1000
UNKNOWN_KEY_PAUSE_MS = 60 * 1000
FAILED_FETCH_PAUSE_MS = 5 * 1000
FETCH_SECONDS = 3.0
MAX_KEYS_BYTES = 256 * 1024

type FetchKeys = Callable[[], dict[str, Any]]


class KeysUnavailable(Exception):
    """The provider's keys could not be fetched, so nothing is known of the token."""


class ExternalClaims(Struct, frozen=True):
    """The user in a provider's token: a subject that never changes, and a name."""

    issuer: str
    subject: str
    username: str


class _Payload(Struct):
    iss: str
    sub: str
    exp: float
    nbf: float = 0


class ExternalIssuer:
    """Verifies tokens of one OpenID provider.

    Args:
        issuer: the `iss` that tokens must have.
        audiences: a token's `aud` must name one of these.
        username_claim: the claim that names the user.
        fetch_keys: fetches the provider's JSON Web Key Set.
    """

    def __init__(
        self, issuer: str, audiences: Collection[str], username_claim: str, fetch_keys: FetchKeys
    ) -> None:
        self.issuer = issuer
        self._audiences = audiences
        self._username_claim = username_claim
        self._fetch_keys = fetch_keys
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = -KEYS_LAST_MS
        self._failed_at = -FAILED_FETCH_PAUSE_MS

    def is_of(self, token: str) -> bool:
        """Tell whether a token says that it is of this provider; nothing is verified yet."""
        try:
            claims = jwt.decode(token, options={"verify_signature": False})
        except jwt.PyJWTError:
            return False
        return claims.get("iss") == self.issuer

    def verify(self, token: str, now_ms: int) -> ExternalClaims:
        """Read a token of the provider.

        Raises:
            TokenExpired: it was valid once.
            InvalidToken: anything else is wrong with it.
            KeysUnavailable
        """
        try:
            return self._read(self._decode(token, now_ms), now_ms)
        except (jwt.PyJWTError, ValidationError) as error:
            # Its kind alone: some of PyJWT's texts quote the token.
            _log.warning("a provider's token was rejected: %s", type(error).__name__)
            raise InvalidToken from error

    def _read(self, claims: dict[str, Any], now_ms: int) -> ExternalClaims:
        payload = convert(claims, _Payload)
        if payload.exp * 1000 <= now_ms:
            raise TokenExpired
        if payload.nbf * 1000 > now_ms + CLOCK_SKEW_SECONDS * 1000:
            raise jwt.ImmatureSignatureError
        username = claims.get(self._username_claim)
        if not isinstance(username, str):
            raise jwt.MissingRequiredClaimError(self._username_claim)
        if not payload.sub:
            raise jwt.MissingRequiredClaimError("sub")
        return ExternalClaims(payload.iss, payload.sub, username)

    def _decode(self, token: str, now_ms: int) -> dict[str, Any]:
        key = self._find_key(jwt.get_unverified_header(token).get("kid", ""), now_ms)
        return jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            issuer=self.issuer,
            audience=self._audiences,
            # Time is the caller's, so that all of a frame's work has one "now".
            options={
                "require": ["iss", "aud", "exp", "sub"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )

    def _find_key(self, key_id: str, now_ms: int) -> jwt.PyJWK:
        for last_ms in (KEYS_LAST_MS, UNKNOWN_KEY_PAUSE_MS):
            if now_ms - self._fetched_at >= last_ms:
                self._refresh(now_ms, is_needed=key_id not in self._keys)
            if key_id in self._keys:
                return self._keys[key_id]
        raise jwt.InvalidKeyError

    def _refresh(self, now_ms: int, *, is_needed: bool) -> None:
        """Fetch the keys; those known already serve while that fails, if they are enough."""
        if now_ms - self._failed_at >= FAILED_FETCH_PAUSE_MS:
            try:
                self._keys = _signing_keys(self._fetch_keys())
            except (OSError, ValueError, jwt.PyJWTError):
                self._failed_at = now_ms
                _log.warning("the provider's keys could not be fetched", exc_info=True)
            else:
                self._fetched_at = now_ms
                return
        if is_needed:
            raise KeysUnavailable


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow none: the address that it points to was not checked."""


_opener = build_opener(_NoRedirects)


def fetch_json(url: str) -> dict[str, Any]:
    """Fetch a provider's document over HTTPS, or from this machine.

    Raises:
        OSError: it is not there, or no answer comes in three seconds.
        ValueError: the address is not HTTPS, or what is there is no JSON object.
    """
    if not _is_safe(url):
        raise ValueError("The address of a provider's keys must begin with https://.")
    with _opener.open(url, timeout=FETCH_SECONDS) as answer:
        document = json.loads(answer.read(MAX_KEYS_BYTES))
    if not isinstance(document, dict):
        raise ValueError("The provider's keys are not a JSON object.")  # noqa: TRY004 -- as promised
    return document


def _is_safe(url: str) -> bool:
    """Whether nobody on the way can replace what is fetched; a local issuer has no way."""
    parts = urlsplit(url)
    return (parts.scheme == "https" and bool(parts.hostname)) or (
        parts.scheme == "http" and parts.hostname == "127.0.0.1"
    )


def _signing_keys(document: dict[str, Any]) -> dict[str, jwt.PyJWK]:
    keys = jwt.PyJWKSet.from_dict(document).keys
    return {key.key_id: key for key in keys if key.key_id and key.public_key_use != "enc"}
