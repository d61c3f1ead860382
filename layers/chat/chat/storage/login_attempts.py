"""Counts of failed logins, exact however many are made at once."""

from collections.abc import Iterable

from msgspec import Struct
from pynamodb.exceptions import DeleteError, PutError

from chat.storage.database import is_condition_failure
from chat.storage.tables import LoginAttemptRow


class FailedLogins(Struct, frozen=True):
    """How many were made, and until when (in milliseconds) no more are taken."""

    number: int
    blocked_until: int


NONE = FailedLogins(0, 0)


def find_failed_logins(keys: Iterable[str], now_ms: int) -> dict[str, FailedLogins]:
    """Find counts that have not expired, in one request."""
    rows = LoginAttemptRow.batch_get(list(keys), consistent_read=True)
    return {
        row.counted_for: FailedLogins(int(row.number), int(row.blocked_until))
        for row in rows
        if row.expires_at * 1000 > now_ms
    }


def record_failed_login(
    key: str, seen: FailedLogins, blocked_until: int, expires_at: int, now_ms: int
) -> bool:
    """Count one failure more than was seen; False if another one was counted meanwhile."""
    row = LoginAttemptRow(
        key, number=seen.number + 1, blocked_until=blocked_until, expires_at=expires_at
    )
    is_as_seen = LoginAttemptRow.number == seen.number
    if seen == NONE:
        is_as_seen = LoginAttemptRow.number.does_not_exist() | (
            LoginAttemptRow.expires_at <= now_ms // 1000
        )
    try:
        row.save(condition=is_as_seen)
    except PutError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def increment_failed_logins(key: str, expires_at: int) -> int:
    """Add one to a count that ends by itself; the new number."""
    row = LoginAttemptRow(key)
    row.update(
        actions=[
            LoginAttemptRow.number.add(1),
            LoginAttemptRow.blocked_until.set(0),
            LoginAttemptRow.expires_at.set(expires_at),
        ]
    )
    return int(row.number)


def forget_failed_logins(key: str, now_ms: int) -> bool:
    """Forget a count; False, and it stays, if no more attempts are taken now."""
    until = LoginAttemptRow.blocked_until
    try:
        LoginAttemptRow(key).delete(condition=until.does_not_exist() | (until <= now_ms))
    except DeleteError as error:
        if is_condition_failure(error):
            return False
        raise
    return True
