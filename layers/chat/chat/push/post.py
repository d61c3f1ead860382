"""One frame for one connection: its outcome, its state during a push, and the queue of posts."""

import enum
import heapq
from collections import deque
from collections.abc import Iterable
from math import inf

from chat.protocol.ids import ConnectionId


class Outcome(enum.Enum):
    """The result of one post: a value, since one failing connection is an everyday event."""

    DELIVERED = "delivered"
    """API Gateway accepted the frame for this connection."""

    GONE = "gone"
    """The connection no longer exists: its row may be deleted."""

    THROTTLED = "throttled"
    """The last response was 429: the client does not read, or the account is throttled. Or the
    account is throttled, and the post was never sent."""

    FAILED = "failed"
    """Any other failure. The frame may have arrived, if only its response was lost."""


class Post:
    __slots__ = (
        "connection_id",
        "deadline",
        "failed_attempts",
        "request",
        "retried_on_new_connection",
        "throttled",
    )

    def __init__(self, connection_id: ConnectionId) -> None:
        self.connection_id = connection_id
        self.request = b""
        """Signed when it is sent for the first time."""
        self.deadline = 0.0
        self.failed_attempts = 0
        self.throttled = False
        """Whether the last response was 429."""
        self.retried_on_new_connection = False
        """Whether an idle connection was found dead: no failure of the post, but excused once."""


class SendQueue:
    """The posts of a push that are not in flight."""

    def __init__(self, connection_ids: Iterable[ConnectionId]) -> None:
        self.ready = deque(map(Post, connection_ids))
        """Any HTTP connection may send these."""
        self.needs_new_connection: deque[Post] = deque()
        """Only an HTTP connection that has served no post yet may send these."""
        self._delayed: list[tuple[float, int, Post]] = []
        self._delays = 0

    def __len__(self) -> int:
        """Count the posts that could be sent now."""
        return len(self.ready) + len(self.needs_new_connection)

    def delay(self, post: Post, until: float) -> None:
        self._delays += 1
        heapq.heappush(self._delayed, (until, self._delays, post))

    @property
    def next_due(self) -> float:
        return self._delayed[0][0] if self._delayed else inf

    def release_due(self, now: float) -> None:
        """Make the posts ready whose delay is over, before those that were never sent.

        Throttled posts go behind them: no slow client takes another client's turn.
        """
        while self._delayed and self._delayed[0][0] <= now:
            post = heapq.heappop(self._delayed)[2]
            if post.throttled:
                self.ready.append(post)
            else:
                self.ready.appendleft(post)

    def accept_any_connection(self) -> None:
        """Let used connections send the posts that were to wait for a new one."""
        self.ready.extendleft(self.needs_new_connection)
        self.needs_new_connection.clear()

    def take_all(self) -> list[Post]:
        """Remove and return every post."""
        delayed = (post for _, _, post in self._delayed)
        posts = [*self.ready, *self.needs_new_connection, *delayed]
        self.ready.clear()
        self.needs_new_connection.clear()
        self._delayed.clear()
        return posts
