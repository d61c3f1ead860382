"""When to try again, and how many posts to have in flight while API Gateway refuses some."""

from collections.abc import Callable

_LOOK_BACK = 64
_FEW = 4
"""So many refusals are slow clients in any case..."""
_FEW_OF = 8
"""...and so is one in so many of the last `_LOOK_BACK` answers."""


class Throttle:
    """Tells a throttled account from a slow client, and paces the push while it lasts.

    API Gateway answers 429 with the same LimitExceededException for both. A full buffer
    is one client's; a throttled account refuses whoever comes next. So only when more
    than a few of the last answers were refusals, the window of posts in flight is halved,
    and it grows by one for each round of answers since (as TCP does).
    """

    def __init__(self, widest: int) -> None:
        self._widest = widest
        self.window = widest
        self._answered = 0
        self._refused = 0
        self._narrowed_at = -1.0
        self._credit = 0

    @property
    def pacing(self) -> bool:
        return self.window < self._widest

    def refused(self, answered: int, now: float, pause: float) -> None:
        """Count a 429, given how many answers there were in all."""
        if answered - self._answered > _LOOK_BACK:
            self._answered, self._refused = answered, 0
        self._refused += 1
        few = max(_FEW, (answered - self._answered) // _FEW_OF)
        if self._refused > few and now >= self._narrowed_at:
            self.window = max(1, self.window // 2)
            self._narrowed_at = now + pause

    def allowed(self) -> None:
        """Count an answer that was no 429, while pacing."""
        self._credit += 1
        if self._credit >= self.window:
            self._credit = 0
            self.window += 1


def backoff(tries: int, longest_first: float, random: Callable[[], float]) -> float:
    """Give a pause of full jitter, whose bound doubles with each try."""
    return random() * longest_first * 2.0 ** (tries - 1)
