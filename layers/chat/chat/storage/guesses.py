"""Counts of guesses at passwords, exact however many are made at once."""

from collections.abc import Iterable

from msgspec import Struct
from pynamodb.exceptions import DeleteError, PutError

from chat.storage.database import is_condition_failure
from chat.storage.tables import GuessRow


class Guesses(Struct, frozen=True):
    """How many were made, and until when (in milliseconds) no more are taken."""

    number: int
    blocked_until: int


NONE = Guesses(0, 0)


def find_guesses(keys: Iterable[str], now_ms: int) -> dict[str, Guesses]:
    """Find counts that have not expired, in one request."""
    rows = GuessRow.batch_get(list(keys), consistent_read=True)
    return {
        row.guesser: Guesses(int(row.number), int(row.blocked_until))
        for row in rows
        if row.expires_at * 1000 > now_ms
    }


def record_guess(key: str, seen: Guesses, blocked_until: int, expires_at: int, now_ms: int) -> bool:
    """Count one guess more than were seen; False where somebody else's was counted meanwhile."""
    row = GuessRow(key, number=seen.number + 1, blocked_until=blocked_until, expires_at=expires_at)
    is_as_seen = GuessRow.number == seen.number
    if seen == NONE:
        is_as_seen = GuessRow.number.does_not_exist() | (GuessRow.expires_at <= now_ms // 1000)
    try:
        row.save(condition=is_as_seen)
    except PutError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def count_guess(key: str, expires_at: int) -> int:
    """Add one to a count that ends by itself; the new number."""
    row = GuessRow(key)
    row.update(
        actions=[
            GuessRow.number.add(1),
            GuessRow.blocked_until.set(0),
            GuessRow.expires_at.set(expires_at),
        ]
    )
    return int(row.number)


def forget_guesses(key: str, now_ms: int) -> bool:
    """Forget a count; False, and it stays, if no more guesses are taken now."""
    until = GuessRow.blocked_until
    try:
        GuessRow(key).delete(condition=until.does_not_exist() | (until <= now_ms))
    except DeleteError as error:
        if is_condition_failure(error):
            return False
        raise
    return True
