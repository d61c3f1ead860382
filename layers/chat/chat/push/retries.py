"""What an answer, or its absence, means for a post: an outcome, or another try after a pause."""

from collections.abc import Callable
from math import inf

from chat.protocol.ids import ConnectionId
from chat.push.limits import PushLimits
from chat.push.post import Backlog, Outcome, Post

_DELIVERED = range(200, 300)
_GONE = 410
_TOO_MANY_REQUESTS = 429
_MAY_PASS = frozenset({408, *range(500, 600)})
_LONGEST_PAUSE_TRIES = 3
"""From this try on pauses grow no more: a throttled account is spared by the window."""
_FEW = 4
"""So many refused posts are slow clients in any case."""


class Judge:
    """Settles the posts of one push, or puts them back into its backlog."""

    def __init__(
        self,
        backlog: Backlog,
        limits: PushLimits,
        random: Callable[[], float],
        *,
        ends_at: float,
        patience_seconds: float,
    ) -> None:
        self.outcomes: dict[ConnectionId, Outcome] = {}
        self.reasons: dict[str, int] = {}
        """Why posts were not delivered, and how many."""
        self.throttle = Throttle(limits.warm_sockets, patience_seconds)
        self._backlog = backlog
        self._limits = limits
        self._random = random
        self._ends_at = ends_at
        self._slow = 0

    def answered(self, post: Post, status: int, now: float) -> None:
        if status == _TOO_MANY_REQUESTS:
            self._hold_back(post, now)
            return
        if status in _DELIVERED:
            self.outcomes[post.connection_id] = Outcome.DELIVERED
        elif status == _GONE:
            self.outcomes[post.connection_id] = Outcome.GONE
        elif status in _MAY_PASS:
            self.broke_off(post, f"status {status}", now)
        else:
            self.refused(post, f"status {status}")
        if self.throttle.pacing:
            self.throttle.allowed(now)

    def broke_off(self, post: Post, reason: str, now: float) -> None:
        """Try again what failed in a way that may pass."""
        self.throttle.release(post)
        self._pause(post, reason, now, may_repeat=post.tries + 1 < self._limits.tries)

    def refused(self, post: Post, reason: str) -> None:
        self.throttle.release(post)
        self.out_of_time(post, reason)

    def out_of_time(self, post: Post, reason: str) -> None:
        """Settle a post by its last answer."""
        self._slow += post.throttled
        self.outcomes[post.connection_id] = Outcome.SLOW if post.throttled else Outcome.FAILED
        self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def last_moment(self, post: Post) -> float:
        """Tell by when a post that failed before is to be tried again, if ever."""
        if post.throttled and self.throttle.pacing:
            return min(post.expires_at, self.throttle.gives_up_at)
        return post.expires_at

    def _hold_back(self, post: Post, now: float) -> None:
        let_through = len(self.outcomes) - self._slow
        self.throttle.refused(post, let_through, now, self._limits.backoff_seconds)
        # It takes nobody's time while it waits: how long it may is a matter of patience.
        post.expires_at = self._ends_at
        patient = self.throttle.pacing or post.tries + 1 < self._limits.throttled_tries
        self._pause(post, f"status {_TOO_MANY_REQUESTS}", now, may_repeat=patient)

    def _pause(self, post: Post, reason: str, now: float, *, may_repeat: bool) -> None:
        post.tries += 1
        tries = min(post.tries, _LONGEST_PAUSE_TRIES)
        until = now + backoff(tries, self._limits.backoff_seconds, self._random)
        if may_repeat and until < min(self.last_moment(post), self._ends_at):
            self._backlog.pause(post, until)
        else:
            self.out_of_time(post, reason)


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
