"""What a response or a failure means for a post: an outcome, or another attempt after a delay."""

from collections.abc import Callable
from math import inf

from chat.protocol.ids import ConnectionId
from chat.push.limits import PushLimits
from chat.push.post import Outcome, Post, SendQueue

_DELIVERED = range(200, 300)
_GONE = 410
_TOO_MANY_REQUESTS = 429
_TRANSIENT = frozenset({408, *range(500, 600)})
_MAX_BACKOFF_ATTEMPTS = 3
"""From this attempt on delays grow no further: the congestion window spares a throttled account."""
_MAX_SLOW_CLIENTS = 4
"""So many throttled posts are always put down to slow clients."""


class RetryPolicy:
    """Gives each post of one push its outcome, or puts it back into the queue."""

    def __init__(
        self,
        queue: SendQueue,
        limits: PushLimits,
        random: Callable[[], float],
        *,
        deadline: float,
        patience_seconds: float,
    ) -> None:
        self.outcomes: dict[ConnectionId, Outcome] = {}
        self.reasons: dict[str, int] = {}
        """How many posts were not delivered, by reason."""
        self.window = CongestionWindow(limits.warm_sockets, patience_seconds)
        self._queue = queue
        self._limits = limits
        self._random = random
        self._deadline = deadline
        self._settled_as_throttled = 0

    def on_response(self, post: Post, status: int, now: float) -> None:
        if status == _TOO_MANY_REQUESTS:
            self._on_throttled(post, now)
            return
        if status in _DELIVERED:
            self.outcomes[post.connection_id] = Outcome.DELIVERED
        elif status == _GONE:
            self.outcomes[post.connection_id] = Outcome.GONE
        elif status in _TRANSIENT:
            self.on_transient_failure(post, f"status {status}", now)
        else:
            self.on_permanent_failure(post, f"status {status}")
        if self.window.is_reduced:
            self.window.on_accepted(now)

    def on_transient_failure(self, post: Post, reason: str, now: float) -> None:
        """Send the post again, unless it has used up its attempts or its time."""
        self.window.forget(post)
        self._retry_later(
            post, reason, now, may_retry=post.failed_attempts + 1 < self._limits.attempts
        )

    def on_permanent_failure(self, post: Post, reason: str) -> None:
        self.window.forget(post)
        self.give_up(post, reason)

    def give_up(self, post: Post, reason: str) -> None:
        """Settle a post by its last response, or by what kept it from being sent."""
        self._settled_as_throttled += post.throttled
        is_throttled = post.throttled or (self.window.is_reduced and not post.request)
        self.outcomes[post.connection_id] = Outcome.THROTTLED if is_throttled else Outcome.FAILED
        self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def retry_deadline(self, post: Post) -> float:
        """Return the time from which a post that has failed before is not sent again."""
        if post.throttled and self.window.is_reduced:
            return min(post.deadline, self.window.gives_up_at)
        return post.deadline

    def _on_throttled(self, post: Post, now: float) -> None:
        accepted = len(self.outcomes) - self._settled_as_throttled
        self.window.on_throttled(post, accepted, now, self._limits.backoff_seconds)
        # A delayed post takes no time from others, so only the push's patience limits it.
        post.deadline = self._deadline
        attempts_left = post.failed_attempts + 1 < self._limits.throttled_attempts
        may_retry = self.window.is_reduced or attempts_left
        self._retry_later(post, f"status {_TOO_MANY_REQUESTS}", now, may_retry=may_retry)

    def _retry_later(self, post: Post, reason: str, now: float, *, may_retry: bool) -> None:
        post.failed_attempts += 1
        attempts = min(post.failed_attempts, _MAX_BACKOFF_ATTEMPTS)
        until = now + backoff(attempts, self._limits.backoff_seconds, self._random)
        if may_retry and until < min(self.retry_deadline(post), self._deadline):
            self._queue.delay(post, until)
        else:
            self.give_up(post, reason)


class CongestionWindow:
    """How many posts may be in flight: fewer while API Gateway throttles the account.

    API Gateway answers 429 with the same LimitExceededException for a client whose buffer is
    full and for an account beyond its rate. A full buffer concerns one client for a while; a
    throttled account rejects most requests. So only when most posts are rejected, the window is
    halved, and it grows by one for each round of responses since then (AIMD, as in TCP). A post
    counts once, however often it is rejected.
    """

    def __init__(self, max_size: int, patience_seconds: float) -> None:
        self._max_size = max_size
        self._patience_seconds = patience_seconds
        self.size = max_size
        self.posts_started = 0
        """Each post counts once, at its first attempt."""
        self.gives_up_at = inf
        """While the window is reduced: when to give throttled posts up, unless one is accepted."""
        self._throttled = 0
        """Posts whose last response was 429."""
        self._next_reduction_at = -inf
        self._accepted_since_growth = 0

    @property
    def is_reduced(self) -> bool:
        return self.size < self._max_size

    def on_throttled(self, post: Post, accepted: int, now: float, interval: float) -> None:
        """Count a 429, given how many posts were not throttled; reduce once an interval."""
        if not post.throttled:
            # Responses to posts in flight may still be on their way.
            accepted = self.posts_started // 2
            post.throttled = True
            self._throttled += 1
        is_throttled = self.is_reduced or self._throttled > max(_MAX_SLOW_CLIENTS, accepted)
        if is_throttled and now >= self._next_reduction_at:
            if not self.is_reduced:
                self.gives_up_at = now + self._patience_seconds
            self.size = max(1, self.size // 2)
            self._next_reduction_at = now + interval

    def forget(self, post: Post) -> None:
        """Stop counting a post that failed for another reason."""
        if post.throttled:
            post.throttled = False
            self._throttled -= 1

    def on_accepted(self, now: float) -> None:
        """Count a response other than 429, while the window is reduced."""
        self.gives_up_at = now + self._patience_seconds
        self._accepted_since_growth += 1
        if self._accepted_since_growth >= self.size:
            self._accepted_since_growth = 0
            self.size += 1


def backoff(attempts: int, first_bound: float, random: Callable[[], float]) -> float:
    """Draw a delay with full jitter; its upper bound doubles with each attempt."""
    return random() * first_bound * 2.0 ** (attempts - 1)
