"""One frame on its way to one connection: a post, the queue of those that wait, and the outcome."""

import enum
import heapq
from collections import deque
from collections.abc import Iterable
from math import inf

from chat.protocol.ids import ConnectionId


class Outcome(enum.Enum):
    DELIVERED = "delivered"
    """API Gateway took the frame for this connection."""

    GONE = "gone"
    """The connection no longer exists: its row may be deleted."""

    SLOW = "slow"
    """Refused with 429 to the end: the client's buffer is full, or the account is throttled."""

    FAILED = "failed"
    """Anything else. The frame may have arrived all the same, if only its answer was lost."""


class Post:
    __slots__ = (
        "connection_id",
        "expires_at",
        "had_second_chance",
        "request",
        "throttled",
        "tries",
    )

    def __init__(self, connection_id: ConnectionId) -> None:
        self.connection_id = connection_id
        self.request = b""
        """Signed when it is first sent."""
        self.expires_at = 0.0
        self.tries = 0
        """Those that failed."""
        self.throttled = False
        """Whether the last try was refused with 429."""
        self.had_second_chance = False
        """Whether a try died with a channel that had been idle, which tells nothing of the post."""


class Backlog:
    def __init__(self, connection_ids: Iterable[ConnectionId]) -> None:
        self.waiting = deque(map(Post, connection_ids))
        """For any channel."""
        self.waiting_for_fresh: deque[Post] = deque()
        """For a channel that is newly connected."""
        self._paused: list[tuple[float, int, Post]] = []
        self._pauses = 0

    def __len__(self) -> int:
        """Count those that a channel could take now."""
        return len(self.waiting) + len(self.waiting_for_fresh)

    def pause(self, post: Post, until: float) -> None:
        self._pauses += 1
        heapq.heappush(self._paused, (until, self._pauses, post))

    @property
    def next_wake(self) -> float:
        return self._paused[0][0] if self._paused else inf

    def wake(self, now: float) -> None:
        """Put those whose pause is over before the ones that were never tried.

        Those refused with 429 come after them: no slow client takes another's place.
        """
        while self._paused and self._paused[0][0] <= now:
            post = heapq.heappop(self._paused)[2]
            if post.throttled:
                self.waiting.append(post)
            else:
                self.waiting.appendleft(post)

    def accept_any_channel(self) -> None:
        """Let go of the wish for a fresh one."""
        self.waiting.extendleft(self.waiting_for_fresh)
        self.waiting_for_fresh.clear()

    def take_all(self) -> list[Post]:
        """Empty it."""
        posts = [*self.waiting, *self.waiting_for_fresh, *(post for _, _, post in self._paused)]
        self.waiting.clear()
        self.waiting_for_fresh.clear()
        self._paused.clear()
        return posts
