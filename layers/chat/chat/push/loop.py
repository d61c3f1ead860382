"""One push: posts to many connections over a pool of channels, until each has its outcome."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from chat.protocol.ids import ConnectionId
from chat.push.http_connection import Channel
from chat.push.http_response import MalformedResponse
from chat.push.limits import Allowance, PushLimits
from chat.push.pool import Connector, Pool
from chat.push.post import Backlog, Post
from chat.push.retries import Judge


class Surroundings(NamedTuple):
    """What a push takes from outside, and a test replaces."""

    clock: Callable[[], float]
    wall_clock: Callable[[], float]
    random: Callable[[], float]


class Delivery:
    """The loop: it wakes up for channels and for times, and keeps every channel busy.

    Each post is at all times in one place: in the backlog, on a channel, or settled.
    """

    def __init__(  # noqa: PLR0913 -- all that a push is made of
        self,
        pool: Pool,
        limits: PushLimits,
        allowance: Allowance,
        surroundings: Surroundings,
        *,
        connection_ids: Iterable[ConnectionId],
        write: Callable[[ConnectionId], bytes],
    ) -> None:
        self._pool = pool
        self._limits = limits
        self._clock = surroundings.clock
        self._write = write
        self._wall_time = surroundings.wall_clock()
        self._now = self._clock()
        self._ends_at = self._now + allowance.seconds
        # Nothing expires before this time, so that the loop need not look at any channel's
        # deadline when it wakes up for an answer.
        self._look_at = self._now
        self._backlog = Backlog(connection_ids)
        self._connector = Connector(pool, limits, surroundings.random, self._ends_at)
        self.judge = Judge(
            self._backlog,
            limits,
            surroundings.random,
            ends_at=self._ends_at,
            patience_seconds=allowance.patience_seconds,
        )
        self._throttle = self.judge.throttle
        self._in_flight = 0

    def run(self) -> None:
        """Return when every post is settled."""
        outcomes, posts = self.judge.outcomes, len(self._backlog)
        self._pool.drop_unused(since=self._wall_time - self._limits.idle_seconds)
        self._pool.drop_dead()
        try:
            self._look_at_the_time()
            while len(outcomes) < posts:
                look_at = min(self._look_at, self._backlog.next_wake)
                channels = self._pool.wait(look_at - self._now)
                self._now = self._clock()
                for channel in channels:
                    self._move_on(channel)
                if self._now >= look_at:
                    self._look_at_the_time()
        finally:
            self._pool.drop_unfinished()

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
        self._in_flight -= 1
        self.judge.answered(post, channel.answer.status, self._now)
        if channel.reusable:
            self._use(channel)
        else:
            self._pool.close(channel)
            self._open_more()
        if self._throttle.pacing:
            self._fill_idle()

    def _broke(self, channel: Channel, post: Post, error: Exception) -> None:
        self._in_flight -= 1
        self._pool.close(channel)
        if channel.answer.status:
            self.judge.answered(post, channel.answer.status, self._now)
        elif isinstance(error, MalformedResponse):
            self.judge.refused(post, f"answer: {error}")
        elif channel.died_idle(error) and not post.had_second_chance:
            post.had_second_chance = True
            self._backlog.waiting_for_fresh.append(post)
        else:
            self.judge.broke_off(post, f"{type(error).__name__}: {error}", self._now)
        if channel.answers and not channel.answer.started:
            # Those that have been idle as long are as likely dead.
            self._pool.drop_unused(since=self._wall_time)
        self._open_more()

    # Channels that are free.

    def _use(self, channel: Channel) -> None:
        """Send the next post on a channel, or let it rest."""
        backlog = self._backlog
        if backlog.waiting_for_fresh and not channel.answers:
            self._start(channel, backlog.waiting_for_fresh.popleft())
            return
        while backlog.waiting and self._in_flight < self._throttle.window:
            post = backlog.waiting.popleft()
            if not post.request or self._now < self.judge.last_moment(post):
                self._start(channel, post)
                return
            self.judge.out_of_time(post, "it waited too long")
        self._pool.rest(channel, self._wall_time)

    def _start(self, channel: Channel, post: Post) -> None:
        channel.expires_at = self._now + self._limits.attempt_seconds
        if not post.request:
            post.request = self._write(post.connection_id)
            self._throttle.posts_made += 1
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
        elif not self._pool.channels:
            self._give_up(self._connector.reason)
        elif self._backlog.waiting_for_fresh:
            self._backlog.accept_any_channel()
            self._look_at = self._now  # one may be idle

    # What follows from time passing.

    def _look_at_the_time(self) -> None:
        now = self._now
        over = now >= self._ends_at
        if over:
            self._give_up("the push took too long")
        for channel in self._pool.unfinished() if over else self._pool.expired(now):
            if channel.post is None:
                self._connector.refused(channel, now, TimeoutError("timed out"))
            else:
                self._broke(channel, channel.post, TimeoutError("no answer in time"))
        self._backlog.wake(now)
        # What starts from now on expires no sooner than the first of these.
        soonest = now + min(self._limits.attempt_seconds, self._limits.connect_seconds)
        self._look_at = min(soonest, self._ends_at, self._pool.next_expiry())
        self._fill_idle()
        self._open_more()

    def _give_up(self, reason: str) -> None:
        for post in self._backlog.take_all():
            self.judge.out_of_time(post, reason)
