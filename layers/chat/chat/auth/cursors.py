"""Cursors: where a list goes on, sealed so that no client can forge one or use another's."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from chat.protocol.errors import BadRequest
from chat.protocol.ids import UserId

_SEAL_BYTES = 16


class Cursors:
    """Seals and opens cursors with a key of this deployment."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, user_id: UserId, listing: str, position: str) -> str:
        """Make a cursor that is valid for this user and this listing alone."""
        seal = self._seal(user_id, listing, position.encode())
        return urlsafe_b64encode(seal + position.encode()).decode()

    def open(self, user_id: UserId, listing: str, cursor: str) -> str:
        """Return the position in a cursor.

        Raises:
            BadRequest: it is not one of this user's for this listing.
        """
        try:
            sealed = urlsafe_b64decode(cursor.encode())
        except (NotBase64, UnicodeEncodeError) as error:
            raise _refused() from error
        seal, position = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(user_id, listing, position)):
            raise _refused()
        return position.decode()

    def _seal(self, user_id: UserId, listing: str, position: bytes) -> bytes:
        sealed = b"\0".join([user_id.encode(), listing.encode(), position])
        return hmac.digest(self._key, sealed, hashlib.sha256)[:_SEAL_BYTES]


def _refused() -> BadRequest:
    return BadRequest("The cursor is not one of this list's.", "data.cursor")
