"""Passwords as argon2id hashes."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chat.protocol.text import composed

MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
"""OWASP's second recommendation for argon2id: 19 MiB, two passes, one lane, which suits a function
with one processor.

https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
"""


class Passwords:
    """Hashes and verifies passwords. What a hash costs is OWASP's advice unless told otherwise."""

    def __init__(
        self, memory_kib: int = MEMORY_KIB, passes: int = PASSES, lanes: int = LANES
    ) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self.nobodys_hash = (
            f"$argon2id$v=19$m={memory_kib},t={passes},p={lanes}$"
            "cGFybGV5J3Mtbm9ib2R5Lg$"
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        )
        """An attempt at an unknown user is verified against it, to cost the same."""

    def hash(self, password: str) -> str:
        # NIST SP 800-63B, section 3.1.1.2, asks for a normalization before hashing.
        return self._hasher.hash(composed(password))

    def is_right(self, password: str, password_hash: str) -> bool:
        """Tell whether a password is the hashed one, in the same time whether it is or not.

        Raises:
            InvalidHashError: what is stored is no argon2 hash.
        """
        try:
            return self._hasher.verify(password_hash, composed(password))
        except InvalidHashError:
            raise
        except VerificationError:
            return False

    def needs_renewal(self, password_hash: str) -> bool:
        """Tell whether a hash was made at another cost than that of these passwords."""
        return self._hasher.check_needs_rehash(password_hash)
