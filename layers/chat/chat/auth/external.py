"""Tokens of an OpenID provider, verified by the keys that it publishes.

RS256 and ES256 alone, each only with a key of its own kind. The keys are fetched once, again after
an hour, and again for a key id that is not known, but not more often than once a minute. A fetch
that failed is tried again after five seconds.
"""

import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

import jwt
from msgspec import Struct, ValidationError, convert

from chat.protocol.errors import InvalidToken, TokenExpired

_log = logging.getLogger(__name__)

ALGORITHMS = ["RS256", "ES256"]
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
    exp: int


class ExternalIssuer:
    """Verifies tokens of one OpenID provider.

    Args:
        issuer: the `iss` that tokens must have.
        audience: the `aud`, or the `client_id` of a provider that has no `aud` in access tokens.
        username_claim: the claim that names the user.
        fetch_keys: fetches the provider's JSON Web Key Set.
    """

    def __init__(
        self, issuer: str, audience: str, username_claim: str, fetch_keys: FetchKeys
    ) -> None:
        self.issuer = issuer
        self._audience = audience
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
            claims = self._decode(token, now_ms)
            payload = convert(claims, _Payload)
        except (jwt.PyJWTError, ValidationError) as error:
            raise InvalidToken from error
        if payload.exp * 1000 <= now_ms:
            raise TokenExpired
        username = claims.get(self._username_claim)
        if not isinstance(username, str) or not payload.sub:
            raise InvalidToken
        return ExternalClaims(payload.iss, payload.sub, username)

    def _decode(self, token: str, now_ms: int) -> dict[str, Any]:
        key = self._find_key(jwt.get_unverified_header(token).get("kid", ""), now_ms)
        return jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            issuer=self.issuer,
            audience=self._audience,
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
        raise InvalidToken

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


def fetch_json(url: str) -> dict[str, Any]:
    """Fetch a provider's document over HTTPS.

    Raises:
        OSError: it cannot be reached in three seconds.
        ValueError: the address is not HTTPS, or what is there is no JSON object.
    """
    if not url.startswith("https://"):
        raise ValueError("The address of a provider's keys must begin with https://.")
    with urlopen(Request(url), timeout=FETCH_SECONDS) as answer:  # noqa: S310 -- HTTPS, checked above
        document = json.loads(answer.read(MAX_KEYS_BYTES))
    if not isinstance(document, dict):
        raise ValueError("The provider's keys are not a JSON object.")  # noqa: TRY004 -- as promised
    return document


def _signing_keys(document: dict[str, Any]) -> dict[str, jwt.PyJWK]:
    keys = jwt.PyJWKSet.from_dict(document).keys
    return {key.key_id: key for key in keys if key.key_id and key.public_key_use != "enc"}
