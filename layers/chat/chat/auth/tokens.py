"""The tokens a client reconnects with: JSON Web Tokens, signed with a key of this deployment.

RFC 8725 names what goes wrong with such tokens; here the algorithm is pinned, and issuer, audience,
expiry, subject and key id must all be there and right.
"""

from collections.abc import Callable, Mapping

import jwt
from msgspec import Struct, ValidationError, convert

from chat.protocol.errors import InvalidToken, TokenExpired
from chat.protocol.ids import UserId, Username

ALGORITHM = "HS256"
MIN_KEY_BYTES = 32
"""A key as long as the hash (RFC 7518, section 3.2)."""

KEYS_LAST_MS = 5 * 60 * 1000
UNKNOWN_KEY_PAUSE_MS = 30 * 1000


class _Payload(Struct):
    sub: UserId
    name: Username
    gen: int
    exp: int


_REQUIRED = ["iss", "aud", "exp", "iat", "sub", "name", "gen"]


class SigningKeys(Struct, frozen=True):
    """Every key that tokens are accepted under, and the id of the one that signs new ones."""

    current: str
    keys: Mapping[str, bytes]


class Claims(Struct, frozen=True):
    user_id: UserId
    username: Username
    generation: int
    expires_at: int


class Tokens:
    """Issues and verifies tokens.

    The keys are read on first use, again after five minutes, and again for a key id that is not
    known, but not more often than every half minute: so a rotation logs nobody out, and a key that
    was taken away is soon refused.

    Args:
        read_keys: reads the secrets, of at least 32 bytes each, by key id.
        issuer: the `iss` of every token.
        audience: the `aud` of every token.
    """

    def __init__(self, read_keys: Callable[[], SigningKeys], issuer: str, audience: str) -> None:
        self._read_keys = read_keys
        self._issuer = issuer
        self._audience = audience
        self._keys = SigningKeys("", {})
        self._read_at = -KEYS_LAST_MS

    def issue(self, claims: Claims, now_ms: int) -> str:
        """Issue a token; `claims.expires_at` is in milliseconds and kept in whole seconds."""
        payload = {
            "iss": self._issuer,
            "aud": self._audience,
            "iat": now_ms // 1000,
            "exp": claims.expires_at // 1000,
            "sub": claims.user_id,
            "name": claims.username,
            "gen": claims.generation,
        }
        keys = self._fresh_keys(now_ms, KEYS_LAST_MS)
        current = keys.current
        return jwt.encode(payload, keys.keys[current], ALGORITHM, headers={"kid": current})

    def verify(self, token: str, now_ms: int) -> Claims:
        """Read a token that this deployment issued.

        Raises:
            TokenExpired: it was valid once.
            InvalidToken: anything else is wrong with it.
        """
        payload = self._payload(token, now_ms)
        if payload.exp * 1000 <= now_ms:
            raise TokenExpired
        return Claims(payload.sub, payload.name, payload.gen, payload.exp * 1000)

    def _fresh_keys(self, now_ms: int, last_ms: int) -> SigningKeys:
        if now_ms - self._read_at >= last_ms:
            keys = self._read_keys()
            if any(len(key) < MIN_KEY_BYTES for key in keys.keys.values()):
                raise ValueError(f"A signing key must have {MIN_KEY_BYTES} bytes or more.")
            self._keys, self._read_at = keys, now_ms
        return self._keys

    def _find_key(self, key_id: str, now_ms: int) -> bytes:
        for last_ms in (KEYS_LAST_MS, UNKNOWN_KEY_PAUSE_MS):
            key = self._fresh_keys(now_ms, last_ms).keys.get(key_id)
            if key is not None:
                return key
        raise InvalidToken

    def _payload(self, token: str, now_ms: int) -> _Payload:
        try:
            key = self._find_key(jwt.get_unverified_header(token).get("kid", ""), now_ms)
            payload = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                audience=self._audience,
                # Time is the caller's, so that all of a frame's work has one "now".
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
            )
            return convert(payload, _Payload)
        except (jwt.PyJWTError, ValidationError) as error:
            raise InvalidToken from error
