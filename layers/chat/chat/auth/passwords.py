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

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)

NOBODYS_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$"
    "cGFybGV5J3Mtbm9ib2R5Lg$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
"""What a guess at an unknown user is verified against, so that it costs what any guess costs."""


def hash_password(password: str) -> str:
    # NIST SP 800-63B, section 3.1.1.2, asks for a normalization before hashing.
    return _hasher.hash(composed(password))


def is_password(password: str, password_hash: str) -> bool:
    """Tell whether a password is the hashed one, in the same time whether it is or not.

    Raises:
        InvalidHashError: what is stored is no argon2 hash.
    """
    try:
        return _hasher.verify(password_hash, composed(password))
    except InvalidHashError:
        raise
    except VerificationError:
        return False


def needs_renewal(password_hash: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
