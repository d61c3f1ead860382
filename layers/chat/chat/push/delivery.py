"""One push: posts to many connections over a pool of channels, until each has its outcome."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from chat.protocol.ids import ConnectionId
from chat.push.backlog import Backlog
from chat.push.channel import Channel
from chat.push.chunked import MalformedResponse
from chat.push.connecting import Connector
from chat.push.limits import PushLimits
from chat.push.outcome import Outcome
from chat.push.pace import Throttle, backoff
from chat.push.pool import Pool
from chat.push.post import Post

_DELIVERED = range(200, 300)
_GONE = 410
_TOO_MANY_REQUESTS = 429
_MAY_PASS = frozenset({408, *range(500, 600)})


class Surroundings(NamedTuple):
    """What a push takes from outside, and a test replaces."""

    clock: Callable[[], float]
    wall_clock: Callable[[], float]
    random: Callable[[], float]


class Delivery:
    def __init__(
        self,
        pool: Pool,
        limits: PushLimits,
        surroundings: Surroundings,
        connection_ids: Iterable[ConnectionId],
        write: Callable[[ConnectionId], bytes],
    ) -> None:
        self.outcomes: dict[ConnectionId, Outcome] = {}
        self.reasons: dict[str, int] = {}
        """Why posts failed, and how many."""
        self._pool = pool
        self._limits = limits
        self._clock = surroundings.clock
        self._random = surroundings.random
        self._write = write
        self._backlog = Backlog(connection_ids)
        self._connector = Connector(pool, limits, surroundings.random)
        self._throttle = Throttle(limits.warm_sockets)
        self._in_flight = 0
        self._answered = 0
        self._wall_time = surroundings.wall_clock()
        self._now = self._clock()
        self._ends_at = self._now + limits.push_seconds
        self._shortest = min(limits.attempt_seconds, limits.connect_seconds)
        # Nothing expires and no pause ends before this time, so that the loop need not
        # look at any deadline when it wakes up for an answer.
        self._look_at = self._now + self._shortest

    def run(self) -> None:
        posts = len(self._backlog)
        self._pool.drop_unused(since=self._wall_time - self._limits.idle_seconds)
        self._pool.drop_dead()
        try:
            self._fill_idle()
            self._open_more()
            while len(self.outcomes) < posts:
                channels = self._pool.wait(self._look_at - self._now)
                self._now = self._clock()
                for channel in channels:
                    self._move_on(channel)
                if self._now >= self._look_at:
                    self._look_at_the_time()
        finally:
            self._pool.drop_unfinished()
        self._pool.warm = self._pool.warm or self._answered > 0

    # Channels that are ready for something.

    def _move_on(self, channel: Channel) -> None:
        post = channel.post
        if post is None:
            self._move_on_without_post(channel)
            return
        try:
            whole = channel.receive()
        except (OSError, MalformedResponse) as error:
            self._broke(channel, post, error)
            return
        if whole:
            self._finish(channel, post)
        elif channel.wants != channel.watched:
            self._pool.watch(channel)

    def _move_on_without_post(self, channel: Channel) -> None:
        if not self._pool.holds(channel):
            return  # closed after the selector named it
        if channel.connected:
            if not channel.stays_quiet():
                self._pool.drop_idle(channel)
        elif self._connector.go_on(channel, self._now):
            self._use(channel)
        else:
            self._open_more()

    def _finish(self, channel: Channel, post: Post) -> None:
        self._answered += 1
        self._in_flight -= 1
        self._judge(post, channel.answer.status)
        if channel.reusable:
            self._use(channel)
        else:
            self._pool.close(channel)
            self._open_more()

    def _use(self, channel: Channel) -> None:
        """Send the next post on a free channel, or let it rest."""
        backlog = self._backlog
        if backlog.waiting_for_fresh and not channel.answers:
            self._start(channel, backlog.waiting_for_fresh.popleft())
        elif backlog.waiting and self._in_flight < self._throttle.window:
            self._start(channel, backlog.waiting.popleft())
        else:
            self._pool.rest(channel, self._wall_time)

    def _start(self, channel: Channel, post: Post) -> None:
        channel.expires_at = self._now + self._limits.attempt_seconds
        if not post.request:
            post.request = self._write(post.connection_id)
            post.expires_at = self._now + self._limits.post_seconds
        elif post.expires_at < channel.expires_at:
            channel.expires_at = post.expires_at
            self._look_at = min(self._look_at, post.expires_at)
        channel.post = post
        self._in_flight += 1
        try:
            channel.send(post.request)
        except OSError as error:
            self._broke(channel, post, error)
            return
        if channel.wants != channel.watched:
            self._pool.watch(channel)

    def _broke(self, channel: Channel, post: Post, error: Exception) -> None:
        self._pool.close(channel)
        self._in_flight -= 1
        if channel.answer.status:
            self._judge(post, channel.answer.status)
        elif isinstance(error, MalformedResponse):
            self._settle(post, Outcome.FAILED, f"answer: {error}")
        elif channel.died_idle(error) and not post.had_second_chance:
            post.had_second_chance = True
            self._backlog.waiting_for_fresh.append(post)
        else:
            self._try_again(post, f"{type(error).__name__}: {error}")
        if channel.answers and not channel.answer.started:
            # Those that have been idle as long are as likely dead.
            self._pool.drop_unused(since=self._wall_time)
        self._open_more()

    # What an answer, or its absence, means for a post.

    def _judge(self, post: Post, status: int) -> None:
        if status in _DELIVERED:
            self.outcomes[post.connection_id] = Outcome.DELIVERED
        elif status == _GONE:
            self.outcomes[post.connection_id] = Outcome.GONE
        elif status == _TOO_MANY_REQUESTS:
            self._hold_back(post)
            return
        elif status in _MAY_PASS:
            self._try_again(post, f"status {status}")
        else:
            self._settle(post, Outcome.FAILED, f"status {status}")
        if self._throttle.pacing:
            self._throttle.allowed()
            self._fill_idle()

    def _hold_back(self, post: Post) -> None:
        self._throttle.refused(self._answered, self._now, self._limits.backoff_seconds)
        post.throttled = True
        patient = self._throttle.pacing or post.tries + 1 < self._limits.throttled_tries
        self._pause(post, "throttled", may_repeat=patient)

    def _try_again(self, post: Post, reason: str) -> None:
        post.throttled = False
        self._pause(post, reason, may_repeat=post.tries + 1 < self._limits.tries)

    def _pause(self, post: Post, reason: str, *, may_repeat: bool) -> None:
        post.tries += 1
        pause = backoff(post.tries, self._limits.backoff_seconds, self._random)
        until = self._now + pause
        if not may_repeat or until >= min(post.expires_at, self._ends_at):
            self._give_up(post, reason)
            return
        self._backlog.pause(post, until)
        self._look_at = min(self._look_at, until)

    def _give_up(self, post: Post, reason: str) -> None:
        self._settle(post, Outcome.SLOW if post.throttled else Outcome.FAILED, reason)

    def _settle(self, post: Post, outcome: Outcome, reason: str) -> None:
        self.outcomes[post.connection_id] = outcome
        self.reasons[reason] = self.reasons.get(reason, 0) + 1

    # What follows from time passing.

    def _look_at_the_time(self) -> None:
        now = self._now
        over = now >= self._ends_at
        for channel in self._pool.unfinished() if over else self._pool.expired(now):
            if channel.post is None:
                self._connector.refused(channel, now, TimeoutError("timed out"))
            else:
                self._broke(channel, channel.post, TimeoutError("no answer in time"))
        self._backlog.wake(now)
        if over:
            self._give_up_all("the push took too long")
        self._look_at = min(
            now + self._shortest,
            self._ends_at,
            self._backlog.next_wake,
            self._pool.next_expiry(),
        )
        self._fill_idle()
        self._open_more()

    def _fill_idle(self) -> None:
        idle = self._pool.idle
        while idle and self._backlog.waiting and self._in_flight < self._throttle.window:
            self._use(idle.pop())

    def _open_more(self) -> None:
        waiting = len(self._backlog)
        if not waiting:
            return
        self._connector.open_more(
            self._now,
            posts=self._in_flight + waiting,
            waiting=waiting,
            for_fresh=len(self._backlog.waiting_for_fresh),
            at_most=self._throttle.window,
        )
        if not self._connector.exhausted:
            self._look_at = min(self._look_at, self._connector.next_try(self._now))
        elif self._pool.channels:
            self._backlog.accept_any_channel()
            self._fill_idle()
        else:
            self._give_up_all(self._connector.reason)

    def _give_up_all(self, reason: str) -> None:
        for post in self._backlog.take_all():
            self._give_up(post, reason)
