"""The limits of a push: sockets, seconds, attempts."""

from typing import NamedTuple

import msgspec


class Allowance(NamedTuple):
    """How much time a caller gives to a push."""

    seconds: float
    """For all posts. Those that have no outcome by then have failed."""

    patience_seconds: float
    """For posts that are answered with 429, since another post was last accepted."""

    def within(self, seconds_left: float) -> "Allowance":
        """Return an allowance that also ends when the caller has no time left."""
        return self._replace(seconds=max(0.0, min(self.seconds, seconds_left)))


INLINE = Allowance(seconds=5.0, patience_seconds=0.75)
"""For a push that a client waits for: the heartbeat makes up for what it does not deliver."""

QUEUED = Allowance(seconds=20.0, patience_seconds=5.0)
"""For a push that no client waits for. What it does not reach can still be queued in time."""


class PushLimits(msgspec.Struct, frozen=True, kw_only=True):
    cold_sockets: int = 32
    """The maximum during the first push: each costs 0.7 ms of CPU in TLS."""

    warm_sockets: int = 128
    """The maximum during later pushes."""

    posts_per_socket: int = 8
    """Above `cold_sockets`, one more socket is opened for so many posts each: a handshake costs
    the CPU of dozens of posts, so it has to save waiting for several responses."""

    connect_seconds: float = 2.0
    """For the name, TCP and TLS together."""

    attempt_seconds: float = 2.0
    """From the first byte of a request to the last byte of its response."""

    post_seconds: float = 5.0
    """From a post's first byte to its outcome, with retries, unless it is answered with 429."""

    idle_seconds: float = 60.0
    """A socket that was idle for longer is closed. This is measured by the wall clock, since the
    monotonic clock may stop while a process is frozen."""

    attempts: int = 3
    """For a post with transient failures, and for connecting."""

    throttled_attempts: int = 3
    """For a post that is answered with 429 while most others are not."""

    backoff_seconds: float = 0.05
    """The longest delay before the first retry; it doubles with each retry."""

    def __post_init__(self) -> None:
        if not 1 <= self.cold_sockets <= self.warm_sockets:
            raise ValueError("cold_sockets must be between 1 and warm_sockets")
        if not 0 < self.attempt_seconds <= self.post_seconds:
            raise ValueError("attempt_seconds, post_seconds must not decrease")

    def sockets_for(self, posts: int, *, warm: bool) -> int:
        """Return how many sockets are worth their cost for so many posts."""
        if not warm:
            return min(posts, self.cold_sockets)
        return min(posts, self.warm_sockets, max(self.cold_sockets, posts // self.posts_per_socket))
