"""Opening channels during a push: as many as its posts are worth, in waves that back off."""

from collections.abc import Callable
from math import inf

from chat.push.channel import Channel
from chat.push.limits import PushLimits
from chat.push.pace import backoff
from chat.push.pool import Pool


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
