"""Messages to devices, encrypted so that push services cannot read them: RFC 8291 and RFC 8188."""

import os
from base64 import urlsafe_b64decode

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD_BYTES = 4096
"""What every push service accepts as one message (RFC 8030, section 7.2)."""

MAX_MESSAGE_BYTES = RECORD_BYTES - 86 - 16 - 1
"""Without the header, the tag and the delimiter of the one record."""

_LAST_RECORD = b"\x02"


class UnusableKeys(ValueError):
    """The keys of a device are none, so that nothing can be encrypted for it."""


def encrypt(
    message: bytes,
    p256dh: str,
    auth: str,
    *,
    private_key: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """Encrypt a message for a device, under a key and a salt that are used once.

    Args:
        message: at most 3,993 bytes.
        p256dh: the device's public key, in base64url.
        auth: the device's secret, in base64url.
        private_key: the key to encrypt under; a new one if it is not given.
        salt: 16 random bytes if they are not given.

    Raises:
        UnusableKeys: the device's keys are none.
    """
    own = private_key or ec.generate_private_key(ec.SECP256R1())
    salt = os.urandom(16) if salt is None else salt
    theirs = decode_base64url(p256dh)
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = own.exchange(ec.ECDH(), public)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnusableKeys from error
    sender = encode_public_key(own.public_key())
    info = b"WebPush: info\0" + theirs + sender
    secret = _derive(shared, decode_base64url(auth), info, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD_BYTES.to_bytes(4) + len(sender).to_bytes() + sender
    return header + AESGCM(key).encrypt(nonce, message + _LAST_RECORD, None)


def encode_public_key(key: ec.EllipticCurvePublicKey) -> bytes:
    """Give the 65 bytes of an uncompressed point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def decode_base64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
