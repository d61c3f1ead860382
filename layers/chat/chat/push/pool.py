"""The channels to one endpoint, kept open from push to push, and how more are opened."""

import selectors
import ssl
from collections.abc import Callable
from math import inf

from chat.push.endpoint import Endpoint, Resolver
from chat.push.http_connection import Channel
from chat.push.limits import PushLimits
from chat.push.retries import backoff


class Pool:
    def __init__(
        self, endpoint: Endpoint, resolver: Resolver, make_tls: Callable[[], ssl.SSLContext]
    ) -> None:
        self._endpoint = endpoint
        self._resolver = resolver
        self._make_tls = make_tls
        self._tls: ssl.SSLContext | None = None
        self._selector = selectors.DefaultSelector()
        self.channels: dict[int, Channel] = {}
        """All that are open, by file descriptor."""
        self.idle: list[Channel] = []
        """The last used is the first to be used again, so that surplus ones grow old."""
        self.warm = False
        """Whether this is not the first push."""

    def open(self, now: float, seconds: float, wave: int) -> Channel:
        """Start to connect one more, for so many seconds; raises OSError if that fails at once."""
        if self._endpoint.tls and self._tls is None:
            # Reading the trust store takes 10 ms of CPU: once, and only where it is needed.
            self._tls = self._make_tls()
        channel = self._start_connecting(seconds)
        channel.expires_at = now + seconds
        channel.wave = wave
        channel.watched = channel.wants
        self.channels[channel.fd] = channel
        self._selector.register(channel.fd, channel.wants, channel)
        return channel

    def _start_connecting(self, seconds: float) -> Channel:
        while True:
            address = self._resolver.next(seconds)
            try:
                return Channel(address)
            except OSError:
                # Such as an IPv6 address where there is no route for any.
                if not self._resolver.refused(address):
                    raise

    def go_on_connecting(self, channel: Channel) -> bool:
        """Take the next step; True once the channel can carry requests."""
        return channel.go_on_connecting(self._tls, self._endpoint.host)

    def refused(self, channel: Channel) -> bool:
        """Close a channel that does not connect; True if another address is left to try."""
        self.close(channel)
        return self._resolver.refused(channel.address)

    def watch(self, channel: Channel) -> None:
        """Tell the selector what the channel waits for now."""
        if channel.wants != channel.watched:
            self._selector.modify(channel.fd, channel.wants, channel)
            channel.watched = channel.wants

    def wait(self, seconds: float) -> list[Channel]:
        """Wait for channels that can move on; none after so many seconds."""
        return [key.data for key, _ in self._selector.select(seconds)]

    def rest(self, channel: Channel, wall_time: float) -> None:
        channel.post = None
        channel.expires_at = inf
        channel.idle_since = wall_time
        self.idle.append(channel)

    def close(self, channel: Channel) -> None:
        del self.channels[channel.fd]
        self._selector.unregister(channel.fd)
        channel.close()

    def holds(self, channel: Channel) -> bool:
        return self.channels.get(channel.fd) is channel

    def unfinished(self) -> list[Channel]:
        """List what is connecting or waits for an answer."""
        return [channel for channel in self.channels.values() if channel.expires_at < inf]

    def expired(self, now: float) -> list[Channel]:
        return [channel for channel in self.channels.values() if channel.expires_at <= now]

    def next_expiry(self) -> float:
        return min((channel.expires_at for channel in self.channels.values()), default=inf)

    def drop_idle(self, channel: Channel) -> None:
        self.idle.remove(channel)
        self.close(channel)

    def drop_unused(self, since: float) -> None:
        """Drop idle channels not used since a wall-clock time: the peer may be gone silently."""
        for channel in [idle for idle in self.idle if idle.idle_since < since]:
            self.drop_idle(channel)

    def drop_dead(self) -> None:
        """Drop what the peer closed meanwhile; for when all channels are idle."""
        for channel in self.wait(0) if self.idle else ():
            if not channel.stays_quiet():
                self.drop_idle(channel)

    def drop_unfinished(self) -> None:
        for channel in self.unfinished():
            self.close(channel)

    def close_all(self) -> None:
        for channel in list(self.channels.values()):
            self.close(channel)
        self.idle.clear()
        self._selector.close()


class Connector:
    """Channels opened together are a wave: if they are refused, that is one failed try."""

    def __init__(
        self, pool: Pool, limits: PushLimits, random: Callable[[], float], ends_at: float
    ) -> None:
        self.connecting = 0
        self.reason = ""
        """Why the last wave failed."""
        self._pool = pool
        self._limits = limits
        self._random = random
        self._ends_at = ends_at
        self._wave = 0
        self._failed_waves = 0
        self._not_before = -inf

    @property
    def exhausted(self) -> bool:
        return self._failed_waves >= self._limits.tries

    def next_try(self, now: float) -> float:
        """Tell when the pause after a failed wave ends, or infinity if it is over."""
        return self._not_before if self._not_before >= now else inf

    def open_more(
        self, now: float, *, posts: int, waiting: int, for_fresh: int, at_most: int
    ) -> None:
        """Open what is missing for so many posts, of which some wait."""
        worthwhile = min(self._limits.sockets_for(posts, warm=self._pool.warm), at_most)
        missing = min(worthwhile - len(self._pool.channels), waiting - self.connecting)
        # Who waits for a fresh channel has had one closed, so this stays within the limit.
        for _ in range(max(missing, for_fresh - self.connecting)):
            if now < self._not_before or self.exhausted or not self._open(now):
                return

    def go_on(self, channel: Channel, now: float) -> bool:
        """Take the next step of connecting; True once the channel can carry posts."""
        try:
            connected = self._pool.go_on_connecting(channel)
        except OSError as error:
            self.refused(channel, now, error)
            return False
        self._pool.watch(channel)
        if connected:
            self.connecting -= 1
            self._failed_waves = 0
        return connected

    def refused(self, channel: Channel, now: float, error: OSError) -> None:
        """Close a channel that did not connect."""
        self.connecting -= 1
        another_address = self._pool.refused(channel)
        self._failed(channel.wave, now, error, another_address=another_address)

    def _open(self, now: float) -> bool:
        """Start to connect; False if that failed at once, maybe after a long wait for a name."""
        seconds = min(self._limits.connect_seconds, self._ends_at - now)
        self.connecting += 1
        try:
            self._pool.open(now, seconds, self._wave)
        except OSError as error:
            self.connecting -= 1
            self._failed(self._wave, now, error, another_address=False)
            return False
        return True

    def _failed(self, wave: int, now: float, error: OSError, *, another_address: bool) -> None:
        self.reason = f"connecting: {error}"
        if wave < self._wave or another_address:
            return
        self._wave += 1
        self._failed_waves += 1
        pause = backoff(self._failed_waves, self._limits.backoff_seconds, self._random)
        self._not_before = now + pause
