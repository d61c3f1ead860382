"""Login attempts with a password: failures are counted, and too many refuse the right one too."""

from chat.actions.services import Services
from chat.auth.lockout import FORGOTTEN_AFTER_SECONDS, client_network, lockout_seconds
from chat.protocol.errors import TooManyAttempts
from chat.protocol.ids import Username
from chat.storage.database import gather, gather_two
from chat.storage.login_attempts import (
    NONE,
    FailedLogins,
    find_failed_logins,
    forget_failed_logins,
    increment_failed_logins,
    record_failed_login,
)

_HOUR_MS = 60 * 60 * 1000


class LoginAttempt:
    """One attempt to log in as a user, who may not exist, from an address.

    Attempts that are made at once are verified at once, and their results are taken one after
    another. A right one is let in only if not too many wrong ones were taken before it. So any
    number of right ones get in, and a thousand made at once tell no more than five made in a row.
    """

    def __init__(self, username: Username, address: str, services: Services) -> None:
        self._chat = services
        network, self._hour = client_network(address), services.now_ms() // _HOUR_MS
        self._pair = f"pair {network} {username}"
        self._of_user = f"user {username} {self._hour}"
        self._of_network = f"network {network} {self._hour}"

    def check(self) -> None:
        """Check, before the password is verified, that not too many attempts failed.

        Raises:
            TooManyAttempts
        """
        counts = self._find(self._pair, self._of_user, self._of_network)
        if counts.get(self._pair, NONE).blocked_until > self._chat.now_ms():
            raise TooManyAttempts(self._record()[1])
        self._check_hour(counts)

    def register_failure(self) -> None:
        """Count the failure.

        Raises:
            TooManyAttempts: others were wrong meanwhile, and this one is to tell nothing.
        """
        (was_blocked, wait), hour = gather_two(self._record, self._count_hour)
        if was_blocked:
            raise TooManyAttempts(wait)
        limits = self._chat.limits
        of_user, of_network = hour
        if (
            of_user > limits.failed_logins_per_user_per_hour
            or of_network > limits.failed_logins_per_network_per_hour
        ):
            raise self._too_many_this_hour()

    def register_success(self) -> None:
        """Forget what the same person got wrong before.

        Raises:
            TooManyAttempts: others were wrong meanwhile.
        """
        is_let_in, counts = gather_two(
            lambda: forget_failed_logins(self._pair, self._chat.now_ms()),
            lambda: self._find(self._of_user, self._of_network),
        )
        if not is_let_in:
            raise TooManyAttempts(self._record()[1])
        self._check_hour(counts)

    def _record(self) -> tuple[bool, int]:
        """Count a failure for user and network together.

        Returns whether attempts were refused already, and for how many seconds they are now.
        """
        while True:
            now_ms = self._chat.now_ms()
            seen = self._find(self._pair).get(self._pair, NONE)
            wait = lockout_seconds(seen.number + 1)
            blocked_until = now_ms + wait * 1000 if wait else 0
            expires_at = now_ms // 1000 + FORGOTTEN_AFTER_SECONDS
            if record_failed_login(self._pair, seen, blocked_until, expires_at, now_ms):
                return seen.blocked_until > now_ms, wait

    def _count_hour(self) -> list[int]:
        expires_at = (self._hour + 2) * _HOUR_MS // 1000
        return gather(
            lambda: increment_failed_logins(self._of_user, expires_at),
            lambda: increment_failed_logins(self._of_network, expires_at),
        )

    def _check_hour(self, counts: dict[str, FailedLogins]) -> None:
        limits = self._chat.limits
        of_user = counts.get(self._of_user, NONE).number
        of_network = counts.get(self._of_network, NONE).number
        if (
            of_user >= limits.failed_logins_per_user_per_hour
            or of_network >= limits.failed_logins_per_network_per_hour
        ):
            raise self._too_many_this_hour()

    def _too_many_this_hour(self) -> TooManyAttempts:
        left_ms = _HOUR_MS - self._chat.now_ms() % _HOUR_MS
        return TooManyAttempts(retry_after_seconds=left_ms // 1000 + 1)

    def _find(self, *keys: str) -> dict[str, FailedLogins]:
        return find_failed_logins(keys, self._chat.now_ms())
