"""The HTTP connections to one endpoint: kept open from push to push, opened as posts need them."""

import selectors
import ssl
from collections.abc import Callable
from math import inf

from chat.push.endpoint import Endpoint, Resolver
from chat.push.http_connection import HttpConnection
from chat.push.limits import PushLimits
from chat.push.retries import backoff


class ConnectionPool:
    def __init__(
        self, endpoint: Endpoint, resolver: Resolver, make_tls: Callable[[], ssl.SSLContext]
    ) -> None:
        self._endpoint = endpoint
        self._resolver = resolver
        self._make_tls = make_tls
        self._tls: ssl.SSLContext | None = None
        self._selector = selectors.DefaultSelector()
        self.connections: dict[int, HttpConnection] = {}
        """All open ones, by file descriptor."""
        self.idle: list[HttpConnection] = []
        """The last one used is the first one used again, so surplus ones reach their idle limit."""
        self.warm = False
        """Whether a push has ended before."""

    def open(self, now: float, seconds: float, attempt: int) -> HttpConnection:
        """Start to connect, for so many seconds at most; raises OSError if that fails at once."""
        if self._endpoint.tls and self._tls is None:
            # Reading the trust store takes 10 ms of CPU, so it is read once and only if needed.
            self._tls = self._make_tls()
        connection = self._start_connecting(seconds)
        connection.deadline = now + seconds
        connection.attempt = attempt
        connection.registered_events = connection.wanted_events
        self.connections[connection.fd] = connection
        self._selector.register(connection.fd, connection.wanted_events, connection)
        return connection

    def _start_connecting(self, seconds: float) -> HttpConnection:
        while True:
            address = self._resolver.next(seconds)
            try:
                return HttpConnection(address)
            except OSError:
                # For example an IPv6 address on a machine without an IPv6 route.
                if not self._resolver.discard(address):
                    raise

    def continue_connecting(self, connection: HttpConnection) -> bool:
        """Take the next step; True once the connection can carry requests."""
        return connection.continue_connecting(self._tls, self._endpoint.host)

    def discard_unconnected(self, connection: HttpConnection) -> bool:
        """Close a connection that failed to connect; True if another address is left to try."""
        self.close(connection)
        return self._resolver.discard(connection.address)

    def register_events(self, connection: HttpConnection) -> None:
        """Have the selector wait for the events that the connection wants now."""
        if connection.wanted_events != connection.registered_events:
            self._selector.modify(connection.fd, connection.wanted_events, connection)
            connection.registered_events = connection.wanted_events

    def wait(self, seconds: float) -> list[HttpConnection]:
        """Wait for connections that are ready; the list is empty after so many seconds."""
        return [key.data for key, _ in self._selector.select(seconds)]

    def put_idle(self, connection: HttpConnection, wall_time: float) -> None:
        connection.post = None
        connection.deadline = inf
        connection.idle_since = wall_time
        self.idle.append(connection)

    def close(self, connection: HttpConnection) -> None:
        del self.connections[connection.fd]
        self._selector.unregister(connection.fd)
        connection.close()

    def contains(self, connection: HttpConnection) -> bool:
        return self.connections.get(connection.fd) is connection

    def busy(self) -> list[HttpConnection]:
        """List the connections that are connecting or wait for a response."""
        return [each for each in self.connections.values() if each.deadline < inf]

    def expired(self, now: float) -> list[HttpConnection]:
        return [each for each in self.connections.values() if each.deadline <= now]

    def next_deadline(self) -> float:
        return min((each.deadline for each in self.connections.values()), default=inf)

    def close_idle(self, connection: HttpConnection) -> None:
        self.idle.remove(connection)
        self.close(connection)

    def close_unused(self, since: float) -> None:
        """Close what has been idle since before a wall-clock time: the peer may be gone."""
        for connection in [idle for idle in self.idle if idle.idle_since < since]:
            self.close_idle(connection)

    def close_dead(self) -> None:
        """Close what the peer closed in the meantime; call it while all connections are idle."""
        for connection in self.wait(0) if self.idle else ():
            if not connection.is_usable_while_idle():
                self.close_idle(connection)

    def close_busy(self) -> None:
        for connection in self.busy():
            self.close(connection)

    def close_all(self) -> None:
        for connection in list(self.connections.values()):
            self.close(connection)
        self.idle.clear()
        self._selector.close()


class ConnectionOpener:
    """Opens the connections that the posts of one push are worth, and backs off after failures.

    Connections that are opened together are one attempt: if the server rejects them all, one
    attempt has failed.
    """

    def __init__(
        self, pool: ConnectionPool, limits: PushLimits, random: Callable[[], float], deadline: float
    ) -> None:
        self.connecting = 0
        self.reason = ""
        """Why the last attempt failed."""
        self._pool = pool
        self._limits = limits
        self._random = random
        self._deadline = deadline
        self._attempt = 0
        self._failed_attempts = 0
        self._not_before = -inf

    @property
    def exhausted(self) -> bool:
        return self._failed_attempts >= self._limits.attempts

    def next_attempt_at(self, now: float) -> float:
        """Return when the delay after a failed attempt ends, or infinity if it has ended."""
        return self._not_before if self._not_before >= now else inf

    def open_more(
        self, now: float, *, posts: int, ready: int, needs_new_connection: int, at_most: int
    ) -> None:
        """Open the connections that so many posts lack, of which some are ready to be sent."""
        worthwhile = min(self._limits.sockets_for(posts, warm=self._pool.warm), at_most)
        missing = min(worthwhile - len(self._pool.connections), ready - self.connecting)
        # Each post that needs a new connection has closed one, so this stays within the limit.
        for _ in range(max(missing, needs_new_connection - self.connecting)):
            if now < self._not_before or self.exhausted or not self._open(now):
                return

    def continue_connecting(self, connection: HttpConnection, now: float) -> bool:
        """Take the next step; True once the connection can carry posts."""
        try:
            connected = self._pool.continue_connecting(connection)
        except OSError as error:
            self.on_failure(connection, now, error)
            return False
        self._pool.register_events(connection)
        if connected:
            self.connecting -= 1
            self._failed_attempts = 0
        return connected

    def on_failure(self, connection: HttpConnection, now: float, error: OSError) -> None:
        """Close a connection that did not connect."""
        self.connecting -= 1
        another_address = self._pool.discard_unconnected(connection)
        self._count_failure(connection.attempt, now, error, another_address=another_address)

    def _open(self, now: float) -> bool:
        """Start to connect; False if that failed at once, maybe after waiting for DNS."""
        seconds = min(self._limits.connect_seconds, self._deadline - now)
        self.connecting += 1
        try:
            self._pool.open(now, seconds, self._attempt)
        except OSError as error:
            self.connecting -= 1
            self._count_failure(self._attempt, now, error, another_address=False)
            return False
        return True

    def _count_failure(
        self, attempt: int, now: float, error: OSError, *, another_address: bool
    ) -> None:
        self.reason = f"connecting: {error}"
        if attempt < self._attempt or another_address:
            return
        self._attempt += 1
        self._failed_attempts += 1
        delay = backoff(self._failed_attempts, self._limits.backoff_seconds, self._random)
        self._not_before = now + delay
