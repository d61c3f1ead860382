"""Guesses at passwords: counted before they are verified, given back to whoever was right."""

from chat.actions.chat import Chat
from chat.auth.guessing import FORGOTTEN_AFTER_SECONDS, network_of, wait_seconds
from chat.protocol.errors import TooManyAttempts
from chat.protocol.ids import Username
from chat.storage.database import together
from chat.storage.guesses import count_guess, find_guesses, forget_guesses, record_guess

_HOUR_MS = 60 * 60 * 1000


class Guess:
    """One guess at the password of a user, who may not exist, from an address.

    Counting comes first, so that a thousand guesses at once are counted as a thousand.
    """

    def __init__(self, username: Username, address: str, chat: Chat) -> None:
        self._chat = chat
        network, self._hour = network_of(address), chat.now_ms() // _HOUR_MS
        self._pair = f"pair {network} {username}"
        self._of_user = f"user {username} {self._hour}"
        self._of_network = f"network {network} {self._hour}"

    def take(self) -> None:
        """Count the guess.

        Raises:
            TooManyAttempts: it may not be verified now.
        """
        wait = self._take_as_pair()
        if wait:
            raise TooManyAttempts(wait)
        of_user, of_network = self._count(1)
        limits = self._chat.limits
        if (
            of_user > limits.guesses_of_user_per_hour
            or of_network > limits.guesses_of_network_per_hour
        ):
            left_ms = _HOUR_MS - self._chat.now_ms() % _HOUR_MS
            raise TooManyAttempts(retry_after_seconds=left_ms // 1000 + 1)

    def was_right(self) -> None:
        """Forget what the same person got wrong before, and give this guess back."""
        forget_guesses(self._pair)
        self._count(-1)

    def _take_as_pair(self) -> int:
        """Count the guess for user and network together; how many seconds to wait, or 0."""
        while True:
            now_ms = self._chat.now_ms()
            seen = find_guesses(self._pair, now_ms)
            wait = wait_seconds(seen.number + 1)
            blocked_until = now_ms + wait * 1000 if wait else 0
            expires_at = now_ms // 1000 + FORGOTTEN_AFTER_SECONDS
            if record_guess(self._pair, seen, blocked_until, expires_at, now_ms):
                return wait if seen.blocked_until > now_ms else 0

    def _count(self, change: int) -> list[int]:
        expires_at = (self._hour + 2) * _HOUR_MS // 1000
        return together(
            lambda: count_guess(self._of_user, change, expires_at),
            lambda: count_guess(self._of_network, change, expires_at),
        )
