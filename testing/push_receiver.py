"""A browser's end of Web Push: it decrypts (RFC 8291), and checks who sent (RFC 8292).

Written apart from the service's own encryption, and from the other end.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class Receiver:
    """A subscription of a browser, with its private key."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, secret: bytes) -> None:
        self._key = key
        self._secret = secret
        self._public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @classmethod
    def new(cls) -> Self:
        return cls(ec.generate_private_key(ec.SECP256R1()), os.urandom(16))

    @property
    def public_key(self) -> str:
        return _text(self._public)

    @property
    def auth(self) -> str:
        return _text(self._secret)

    def subscription(self, endpoint: str) -> dict[str, Any]:
        """Give what the browser's `PushSubscription` says as JSON."""
        return {"endpoint": endpoint, "keys": {"p256dh": self.public_key, "auth": self.auth}}

    def decrypt(self, body: bytes) -> bytes:
        """Decrypt a message of one record.

        Raises:
            cryptography.exceptions.InvalidTag: it is not for this subscription, or was changed.
        """
        salt, sender, record = body[:16], body[21 : 21 + body[20]], body[21 + body[20] :]
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self._key.exchange(ec.ECDH(), point)
        pseudorandom = _hmac(self._secret, shared)
        secret = _hmac(pseudorandom, b"WebPush: info\0" + self._public + sender + b"\1")
        pseudorandom = _hmac(salt, secret)
        key = _hmac(pseudorandom, b"Content-Encoding: aes128gcm\0\1")[:16]
        nonce = _hmac(pseudorandom, b"Content-Encoding: nonce\0\1")[:12]
        padded = AESGCM(key).decrypt(nonce, record, None)
        return padded.rstrip(b"\0").removesuffix(b"\2")


def read_authorization(header: str, origin: str, now: int) -> tuple[str, str]:
    """Check a `vapid` header as a push service does; return the sender's key and subject.

    Raises:
        jwt.PyJWTError: it is not signed by the key that it names, or not for this push service.
        ValueError: it has expired, or expires in more than a day.
    """
    scheme, _, rest = header.partition(" ")
    parts = dict(each.strip().split("=", 1) for each in rest.split(","))
    raw = urlsafe_b64decode(parts["k"] + "=" * (-len(parts["k"]) % 4))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    claims = jwt.decode(
        parts["t"], key, algorithms=["ES256"], audience=origin, options={"verify_exp": False}
    )
    if scheme != "vapid" or not now < claims["exp"] <= now + 24 * 60 * 60:
        raise ValueError(header)
    return parts["k"], claims["sub"]


def _hmac(key: bytes, data: bytes) -> bytes:
    mac = HMAC(key, SHA256())
    mac.update(data)
    return mac.finalize()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
