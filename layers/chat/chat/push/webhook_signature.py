"""Signatures of webhooks by Standard Webhooks, version 1.0.0, symmetric scheme.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256

_PREFIX = "whsec_"


def sign(keys: Iterable[bytes], webhook_id: str, timestamp: int, body: bytes) -> str:
    """Sign with each key; a consumer accepts a request if one of the signatures is right.

    Args:
        keys: the current one and, while it is being changed, the former one.
        webhook_id: names the event.
        timestamp: when this attempt is made, in seconds since 1970.
        body: exactly the bytes that are sent.
    """
    signed = b".".join((webhook_id.encode(), b"%d" % timestamp, body))
    digests = (hmac.digest(key, signed, sha256) for key in keys)
    return " ".join(f"v1,{b64encode(digest).decode()}" for digest in digests)


def shown_secret(key: bytes) -> str:
    """Write a key as consumers and their libraries expect it: `whsec_` and base64."""
    return _PREFIX + b64encode(key).decode()


def key_of(secret: str) -> bytes:
    """Read the key of a secret that is written with or without its prefix."""
    return b64decode(secret.removeprefix(_PREFIX), validate=True)
