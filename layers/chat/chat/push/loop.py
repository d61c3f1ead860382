"""One push: an event loop that posts to many connections, until each has its outcome."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from chat.protocol.ids import ConnectionId
from chat.push.http_connection import HttpConnection
from chat.push.http_response import MalformedResponse
from chat.push.limits import Allowance, PushLimits
from chat.push.pool import ConnectionOpener, ConnectionPool
from chat.push.post import Post, SendQueue
from chat.push.retries import RetryPolicy


class Environment(NamedTuple):
    """The clocks and the randomness of a push, which a test replaces."""

    clock: Callable[[], float]
    wall_clock: Callable[[], float]
    random: Callable[[], float]


class PushLoop:
    """Wakes up when a connection is ready or a deadline passes, and keeps connections busy.

    Each post is at all times in one place: in the queue, on a connection, or settled.
    """

    def __init__(  # noqa: PLR0913 -- all that a push is made of
        self,
        pool: ConnectionPool,
        limits: PushLimits,
        allowance: Allowance,
        environment: Environment,
        *,
        connection_ids: Iterable[ConnectionId],
        make_request: Callable[[ConnectionId], bytes],
    ) -> None:
        self._pool = pool
        self._limits = limits
        self._clock = environment.clock
        self._make_request = make_request
        self._wall_time = environment.wall_clock()
        self._now = self._clock()
        self._deadline = self._now + allowance.seconds
        # No deadline passes before this time, so the loop compares with it alone when it wakes
        # up for a response.
        self._next_deadline = self._now
        self._queue = SendQueue(connection_ids)
        self._opener = ConnectionOpener(pool, limits, environment.random, self._deadline)
        self.retries = RetryPolicy(
            self._queue,
            limits,
            environment.random,
            deadline=self._deadline,
            patience_seconds=allowance.patience_seconds,
        )
        self._window = self.retries.window
        self._in_flight = 0

    def run(self) -> None:
        """Return when every post is settled."""
        outcomes, posts = self.retries.outcomes, len(self._queue)
        self._pool.close_unused(since=self._wall_time - self._limits.idle_seconds)
        self._pool.close_dead()
        try:
            self._on_deadline()
            while len(outcomes) < posts:
                wake_at = min(self._next_deadline, self._queue.next_due)
                connections = self._pool.wait(wake_at - self._now)
                self._now = self._clock()
                for connection in connections:
                    self._on_ready(connection)
                if self._now >= wake_at:
                    self._on_deadline()
        finally:
            self._pool.close_busy()

    # Connections that are ready.

    def _on_ready(self, connection: HttpConnection) -> None:
        post = connection.post
        if post is None:
            self._on_ready_without_post(connection)
            return
        try:
            complete = connection.receive()
        except (OSError, MalformedResponse) as error:
            self._on_failure(connection, post, error)
            return
        if complete:
            self._on_response(connection, post)
        elif connection.wanted_events != connection.registered_events:
            self._pool.register_events(connection)

    def _on_ready_without_post(self, connection: HttpConnection) -> None:
        if not self._pool.contains(connection):
            return  # closed after the selector returned it
        if connection.connected:
            if not connection.is_usable_while_idle():
                self._pool.close_idle(connection)
        elif self._opener.continue_connecting(connection, self._now):
            self._assign(connection)
        else:
            self._open_more()

    def _on_response(self, connection: HttpConnection, post: Post) -> None:
        self._in_flight -= 1
        self.retries.on_response(post, connection.response.status, self._now)
        if connection.reusable:
            self._assign(connection)
        else:
            self._pool.close(connection)
            self._open_more()
        if self._window.is_reduced:
            self._assign_idle()

    def _on_failure(self, connection: HttpConnection, post: Post, error: Exception) -> None:
        self._in_flight -= 1
        self._pool.close(connection)
        if connection.response.status:
            self.retries.on_response(post, connection.response.status, self._now)
        elif isinstance(error, MalformedResponse):
            self.retries.on_permanent_failure(post, f"response: {error}")
        elif connection.closed_while_idle(error) and not post.retried_on_new_connection:
            post.retried_on_new_connection = True
            self._queue.needs_new_connection.append(post)
        else:
            reason = f"{type(error).__name__}: {error}"
            self.retries.on_transient_failure(post, reason, self._now)
        if connection.responses_read and not connection.response.started:
            # Connections that have been idle for as long are as likely dead.
            self._pool.close_unused(since=self._wall_time)
        self._open_more()

    # Connections that are free.

    def _assign(self, connection: HttpConnection) -> None:
        """Send the next post on a connection, or put it aside as idle."""
        queue = self._queue
        if queue.needs_new_connection and not connection.responses_read:
            self._start(connection, queue.needs_new_connection.popleft())
            return
        while queue.ready and self._in_flight < self._window.size:
            post = queue.ready.popleft()
            if not post.request or self._now < self.retries.retry_deadline(post):
                self._start(connection, post)
                return
            self.retries.give_up(post, "it waited too long")
        self._pool.put_idle(connection, self._wall_time)

    def _start(self, connection: HttpConnection, post: Post) -> None:
        connection.deadline = self._now + self._limits.attempt_seconds
        if not post.request:
            post.request = self._make_request(post.connection_id)
            self._window.posts_started += 1
            post.deadline = self._now + self._limits.post_seconds
        elif post.deadline < connection.deadline:
            connection.deadline = post.deadline
            self._next_deadline = min(self._next_deadline, post.deadline)
        connection.post = post
        self._in_flight += 1
        try:
            connection.send(post.request)
        except OSError as error:
            self._on_failure(connection, post, error)
            return
        if connection.wanted_events != connection.registered_events:
            self._pool.register_events(connection)

    def _assign_idle(self) -> None:
        idle = self._pool.idle
        while idle and self._queue.ready and self._in_flight < self._window.size:
            self._assign(idle.pop())

    def _open_more(self) -> None:
        ready = len(self._queue)
        if not ready:
            return
        self._opener.open_more(
            self._now,
            posts=self._in_flight + ready,
            ready=ready,
            needs_new_connection=len(self._queue.needs_new_connection),
            at_most=self._window.size,
        )
        if not self._opener.exhausted:
            next_attempt_at = self._opener.next_attempt_at(self._now)
            self._next_deadline = min(self._next_deadline, next_attempt_at)
        elif not self._pool.connections:
            self._give_up(self._opener.reason)
        elif self._queue.needs_new_connection:
            self._queue.accept_any_connection()
            self._next_deadline = self._now  # an idle connection may send them

    # Deadlines that pass.

    def _on_deadline(self) -> None:
        now = self._now
        is_over = now >= self._deadline
        if is_over:
            self._give_up("the push took too long")
        for connection in self._pool.busy() if is_over else self._pool.expired(now):
            if connection.post is None:
                self._opener.on_failure(connection, now, TimeoutError("timed out"))
            else:
                self._on_failure(connection, connection.post, TimeoutError("no response in time"))
        self._queue.release_due(now)
        # Whatever starts from now on has no earlier deadline than the first of these.
        soonest = now + min(self._limits.attempt_seconds, self._limits.connect_seconds)
        self._next_deadline = min(soonest, self._deadline, self._pool.next_deadline())
        self._assign_idle()
        self._open_more()

    def _give_up(self, reason: str) -> None:
        for post in self._queue.take_all():
            self.retries.give_up(post, reason)
