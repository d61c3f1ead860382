"""Pushing one frame to many connections at once, in one thread."""

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
from chat.push.loop import Delivery, Surroundings
from chat.push.pool import Pool
from chat.push.post import Outcome
from chat.push.signing import CredentialSource, SignedRequests, Signer

_log = logging.getLogger(__name__)
_DEFAULT_LIMITS = PushLimits()


class PushEngine:
    """Posts to `@connections`, keeping its sockets open from push to push.

    Making one does nothing yet. It serves one thread.

    A post whose answer is lost is posted again, so a connection can get a frame twice:
    frames that matter carry a `seq`, by which clients drop what they have.
    """

    def __init__(  # noqa: PLR0913 -- a setting or a seam of the tests each
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
        self._surroundings = Surroundings(clock, wall_clock, random)
        self._signer = Signer(region)
        self._pool: Pool | None = None

    def push(
        self,
        connection_ids: Iterable[ConnectionId],
        frame: bytes,
        allowance: Allowance = INLINE,
    ) -> dict[ConnectionId, Outcome]:
        """Post a frame to each connection, and tell what became of each.

        Takes no longer than it is allowed, but for looking up credentials.
        """
        ids = dict.fromkeys(connection_ids)
        return self._deliver("POST", ids, frame, allowance) if ids else {}

    def close_connection(
        self, connection_id: ConnectionId, allowance: Allowance = INLINE
    ) -> Outcome:
        """Have API Gateway close a connection: DELIVERED when it is being closed."""
        return self._deliver("DELETE", [connection_id], b"", allowance)[connection_id]

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

    def _deliver(
        self, method: str, connection_ids: Iterable[ConnectionId], body: bytes, allowance: Allowance
    ) -> dict[ConnectionId, Outcome]:
        stamp = self._signer.stamp(self._credentials(), self._surroundings.wall_clock())
        requests = SignedRequests(self._endpoint, stamp, method, body)
        return self._send(connection_ids, requests.to, allowance)

    def _send(
        self,
        connection_ids: Iterable[ConnectionId],
        write: Callable[[ConnectionId], bytes],
        allowance: Allowance = INLINE,
    ) -> dict[ConnectionId, Outcome]:
        if self._pool is None:
            self._pool = self._new_pool()
        delivery = Delivery(
            self._pool,
            self._limits,
            allowance,
            self._surroundings,
            connection_ids=connection_ids,
            write=write,
        )
        delivery.run()
        self._pool.warm = True
        if delivery.judge.reasons:
            _log.warning("posts not delivered: %s", delivery.judge.reasons)
        return delivery.judge.outcomes

    def _new_pool(self) -> Pool:
        resolver = Resolver(
            self._endpoint.host,
            self._endpoint.port,
            wall_clock=self._surroundings.wall_clock,
        )
        return Pool(self._endpoint, resolver, self._make_tls)
