"""Who sends notifications: the deployment's key, by which push services know it (RFC 8292)."""

from base64 import urlsafe_b64encode

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chat.push.message_encryption import encode_public_key

TOKEN_SECONDS = 12 * 60 * 60
"""How long a token is valid, of the 24 hours that are allowed (section 2)."""

RENEWED_BEFORE_SECONDS = 60 * 60

MIN_SECRET_BYTES = 32

_ORDER = 0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551
"""Of P-256 (FIPS 186-5)."""

_SEED_BYTES = 48
"""Half as long again as the key, so that the remainder is evenly spread (FIPS 186-5, A.2.1)."""


class Vapid:
    """Signs tokens, one for each push service, which are used until shortly before they expire.

    Args:
        key: what `private_key_of` derived from the deployment's secret.
        subject: a `mailto:` or `https:` address at which push services reach the operator.
    """

    def __init__(self, key: ec.EllipticCurvePrivateKey, subject: str) -> None:
        self._key = key
        self._subject = subject
        self._tokens: dict[str, tuple[str, int]] = {}
        self.public_key = public_key_of(key)
        """In base64url, as browsers subscribe with it."""

    def authorization(self, origin: str, now: int) -> str:
        """Give the `Authorization` header for a push service; `now` is in seconds since 1970."""
        token, expires_at = self._tokens.get(origin, ("", 0))
        if expires_at - now < RENEWED_BEFORE_SECONDS:
            expires_at = now + TOKEN_SECONDS
            claims = {"aud": origin, "exp": expires_at, "sub": self._subject}
            token = jwt.encode(claims, self._key, "ES256")
            self._tokens[origin] = token, expires_at
        return f"vapid t={token}, k={self.public_key}"


def private_key_of(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """Derive the key from a secret text, which Secrets Manager can generate. Always the same one.

    Raises:
        ValueError: the secret is shorter than 32 bytes.
    """
    if len(secret) < MIN_SECRET_BYTES:
        raise ValueError(f"The secret for Web Push must have {MIN_SECRET_BYTES} bytes or more.")
    seed = HKDF(SHA256(), _SEED_BYTES, None, b"parley web push").derive(secret)
    return ec.derive_private_key(int.from_bytes(seed) % (_ORDER - 1) + 1, ec.SECP256R1())


def public_key_of(key: ec.EllipticCurvePrivateKey) -> str:
    """Give the key's public part in base64url."""
    return urlsafe_b64encode(encode_public_key(key.public_key())).rstrip(b"=").decode()
