"""The push engine: posts one frame to many connections at once, in one thread."""

import logging
import random as _random
import ssl
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from chat.protocol.ids import ConnectionId
from chat.push.endpoint import Endpoint, Resolver, default_tls
from chat.push.limits import INLINE, Allowance, PushLimits
from chat.push.loop import Environment, PushLoop
from chat.push.pool import ConnectionPool
from chat.push.post import Outcome
from chat.push.signing import CredentialSource, SignedRequests, Signer

_log = logging.getLogger(__name__)
_DEFAULT_LIMITS = PushLimits()


class PushEngine:
    """Posts to `@connections`, and keeps its sockets open from push to push.

    Creating an engine opens nothing. An engine serves one thread.

    If the response to a post is lost, the post is sent again, so a connection may get a frame
    twice: frames that matter carry a `seq`, by which clients drop duplicates.
    """

    def __init__(  # noqa: PLR0913 -- each is a setting, or injected by tests
        self,
        endpoint: str,
        region: str,
        credentials: CredentialSource,
        *,
        limits: PushLimits = _DEFAULT_LIMITS,
        make_tls: Callable[[], ssl.SSLContext] = default_tls,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        random: Callable[[], float] = _random.random,
    ) -> None:
        self._endpoint = Endpoint.parse(endpoint)
        self._credentials = credentials
        self._limits = limits
        self._make_tls = make_tls
        self._environment = Environment(clock, wall_clock, random)
        self._signer = Signer(region)
        self._pool: ConnectionPool | None = None

    def push(
        self,
        connection_ids: Iterable[ConnectionId],
        frame: bytes,
        allowance: Allowance = INLINE,
    ) -> dict[ConnectionId, Outcome]:
        """Post a frame to each connection, and return each one's outcome.

        Takes no longer than the allowance, apart from finding credentials. Raises
        CredentialsMissing if there are none.
        """
        ids = dict.fromkeys(connection_ids)
        return self._sign_and_send("POST", ids, frame, allowance) if ids else {}

    def close_connection(
        self, connection_id: ConnectionId, allowance: Allowance = INLINE
    ) -> Outcome:
        """Have API Gateway close a connection: DELIVERED if it accepts the request."""
        return self._sign_and_send("DELETE", [connection_id], b"", allowance)[connection_id]

    def close(self) -> None:
        """Close every socket; the next push opens new ones."""
        if self._pool is not None:
            self._pool.close_all()
            self._pool = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _sign_and_send(
        self, method: str, connection_ids: Iterable[ConnectionId], body: bytes, allowance: Allowance
    ) -> dict[ConnectionId, Outcome]:
        context = self._signer.context(self._credentials(), self._environment.wall_clock())
        requests = SignedRequests(self._endpoint, context, method, body)
        return self._send(connection_ids, requests.to, allowance)

    def _send(
        self,
        connection_ids: Iterable[ConnectionId],
        make_request: Callable[[ConnectionId], bytes],
        allowance: Allowance = INLINE,
    ) -> dict[ConnectionId, Outcome]:
        if self._pool is None:
            self._pool = self._new_pool()
        loop = PushLoop(
            self._pool,
            self._limits,
            allowance,
            self._environment,
            connection_ids=connection_ids,
            make_request=make_request,
        )
        loop.run()
        self._pool.warm = True
        if loop.retries.reasons:
            _log.warning("posts not delivered: %s", loop.retries.reasons)
        return loop.retries.outcomes

    def _new_pool(self) -> ConnectionPool:
        resolver = Resolver(
            self._endpoint.host,
            self._endpoint.port,
            wall_clock=self._environment.wall_clock,
        )
        return ConnectionPool(self._endpoint, resolver, self._make_tls)
