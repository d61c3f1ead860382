"""How much a push may take: sockets, seconds, tries."""

from typing import NamedTuple

import msgspec


class Allowance(NamedTuple):
    """What a push may take of the time of those who wait for it."""

    seconds: float
    """For all its posts. What is left over then has failed."""

    patience_seconds: float
    """For posts that are refused with 429, from the last moment at which another got through."""

    def within(self, seconds_left: float) -> "Allowance":
        return self._replace(seconds=max(0.0, min(self.seconds, seconds_left)))


INLINE = Allowance(seconds=5.0, patience_seconds=0.75)
"""Of a push that somebody waits for: what it leaves over, the heartbeat makes up for."""

QUEUED = Allowance(seconds=25.0, patience_seconds=5.0)
"""Of a push that nobody waits for."""


class PushLimits(msgspec.Struct, frozen=True, kw_only=True):
    cold_sockets: int = 32
    """Opened at most until something was delivered: each costs 0.7 ms of CPU in TLS."""

    warm_sockets: int = 128
    """Open at most, ever."""

    posts_per_socket: int = 8
    """Above `cold_sockets`, a further socket is opened for every so many posts: a handshake
    costs the CPU of dozens of posts, so it has to save waiting for several answers."""

    connect_seconds: float = 2.0
    """For the name, TCP and TLS together."""

    attempt_seconds: float = 2.0
    """From the first byte of a request to the last of its answer."""

    post_seconds: float = 5.0
    """From a post's first byte to its outcome, retries included, unless it is refused with 429."""

    idle_seconds: float = 60.0
    """A socket unused for longer is not tried again. By the wall clock, since the monotonic
    one need not tell how long a process was frozen."""

    tries: int = 3
    """Of a post that fails in a way that may pass, and of connecting."""

    throttled_tries: int = 3
    """Of a post that is refused with 429 while the others are not."""

    backoff_seconds: float = 0.05
    """The longest pause before the first retry; it doubles with each."""

    def __post_init__(self) -> None:
        if not 1 <= self.cold_sockets <= self.warm_sockets:
            raise ValueError("cold_sockets must be between 1 and warm_sockets")
        if not 0 < self.attempt_seconds <= self.post_seconds:
            raise ValueError("attempt_seconds, post_seconds must not decrease")

    def sockets_for(self, posts: int, *, warm: bool) -> int:
        """Tell how many sockets are worth having for so many posts."""
        if not warm:
            return min(posts, self.cold_sockets)
        return min(posts, self.warm_sockets, max(self.cold_sockets, posts // self.posts_per_socket))
