"""When to try again, and how many posts to have in flight while API Gateway refuses some."""

from collections.abc import Callable
from math import inf

from chat.push.post import Post

_FEW = 4
"""So many refused posts are slow clients in any case."""


class Throttle:
    """Tells a throttled account from slow clients, and paces the push while it lasts.

    API Gateway answers 429 with the same LimitExceededException for both. A full buffer
    is one client's, for a while; a throttled account refuses most of what is asked. So only
    when most posts are refused, the window of posts in flight is halved, and it grows by
    one for each round of answers since (as TCP does). A post counts once, however often it
    is refused.
    """

    def __init__(self, widest: int, patience_seconds: float) -> None:
        self._widest = widest
        self._patience_seconds = patience_seconds
        self.window = widest
        self.posts_made = 0
        """Each counted once, at its first try."""
        self.gives_up_at = inf
        """While pacing: when refused posts are given up, if none gets through before."""
        self._refused = 0
        """Posts that were refused, and did not fail in another way since."""
        self._narrowed_at = -inf
        self._credit = 0

    @property
    def pacing(self) -> bool:
        return self.window < self._widest

    def refused(self, post: Post, let_through: int, now: float, pause: float) -> None:
        """Count a 429, given how many posts got through by now."""
        if post.throttled:
            others = let_through
        else:
            # Of those made until now, answers may be on their way.
            others = self.posts_made // 2
            post.throttled = True
            self._refused += 1
        is_throttled = self.pacing or self._refused > max(_FEW, others)
        if is_throttled and now >= self._narrowed_at:
            if not self.pacing:
                self.gives_up_at = now + self._patience_seconds
            self.window = max(1, self.window // 2)
            self._narrowed_at = now + pause

    def release(self, post: Post) -> None:
        """Count a post no longer: it failed in another way."""
        if post.throttled:
            post.throttled = False
            self._refused -= 1

    def allowed(self, now: float) -> None:
        """Count an answer that was no 429, while pacing."""
        self.gives_up_at = now + self._patience_seconds
        self._credit += 1
        if self._credit >= self.window:
            self._credit = 0
            self.window += 1


def backoff(tries: int, longest_first: float, random: Callable[[], float]) -> float:
    """Give a pause of full jitter, whose bound doubles with each try."""
    return random() * longest_first * 2.0 ** (tries - 1)
