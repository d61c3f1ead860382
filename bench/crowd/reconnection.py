"""Everybody comes back at once, after a region's hiccup.

Each client tries with full jitter, as both clients of this repository do. API Gateway opens so many
connections a second and rejects the others. Authenticating writes a row of the roster for each
conversation. If the table has no units left, the client gets `internal`, and tries again on another
connection.
"""

from heapq import heapify, heappop, heappush
from random import Random
from statistics import quantiles

from msgspec import Struct

from bench.crowd.limits import NEW_CONNECTIONS, NEW_TABLE_WRITES

ROW_UNITS = 2
"""A row that is written within a transaction."""


class Hiccup(Struct, frozen=True, kw_only=True):
    """A crowd that has lost its connections, and what it comes back to."""

    people: int = 100_000
    conversations: int = 20
    connections_a_second: float = NEW_CONNECTIONS.value
    roster_units_a_second: float = NEW_TABLE_WRITES.value
    backoff_base_seconds: float = 1.0
    backoff_cap_seconds: float = 30.0
    handshake_seconds: float = 0.2
    """From a connection to its `authenticate`."""


class Return(Struct, frozen=True, kw_only=True):
    """How a crowd came back."""

    half_seconds: float
    most_seconds: float
    """When 99 of 100 are back."""
    all_seconds: float
    attempts: float
    """Of a client, on average."""
    not_authenticated: float
    """How often a client was connected, on average, and could not be authenticated."""
    back_at: list[float]
    """When each client was back, in order."""


class Bucket:
    """Units that come back at a rate. A second's worth can be kept."""

    def __init__(self, units_a_second: float) -> None:
        self._rate = self._left = units_a_second
        self._at = 0.0

    def take(self, units: float, at: float) -> bool:
        """Take units at a time that is none before the last one; False if they are not there."""
        self._left = min(self._rate, self._left + (at - self._at) * self._rate)
        self._at = at
        if self._left < units:
            return False
        self._left -= units
        return True


def come_back(hiccup: Hiccup, seed: int) -> Return:
    """Simulate each client until all are authenticated."""
    random = Random(seed)  # noqa: S311 -- no secret
    connections = Bucket(hiccup.connections_a_second)
    roster = Bucket(hiccup.roster_units_a_second)
    units = ROW_UNITS * hiccup.conversations
    # When, which attempt of the client, and whether it is connected.
    waiting = [(_backoff(hiccup, 0, random), 0, False) for _ in range(hiccup.people)]
    heapify(waiting)
    attempts = failures = 0
    back_at: list[float] = []
    while waiting:
        at, attempt, is_connected = heappop(waiting)
        attempts += not is_connected
        if not is_connected and connections.take(1, at):
            heappush(waiting, (at + hiccup.handshake_seconds, attempt, True))
        elif is_connected and roster.take(units, at):
            back_at.append(at)
        else:
            failures += is_connected
            again = at + _backoff(hiccup, attempt + 1, random)
            heappush(waiting, (again, attempt + 1, False))
    hundredths = quantiles(back_at, n=100)
    return Return(
        half_seconds=hundredths[49],
        most_seconds=hundredths[98],
        all_seconds=back_at[-1],
        attempts=attempts / hiccup.people,
        not_authenticated=failures / hiccup.people,
        back_at=back_at,
    )


def _backoff(hiccup: Hiccup, attempt: int, random: Random) -> float:
    ceiling = hiccup.backoff_base_seconds * 2.0 ** min(attempt, 32)
    return random.random() * min(hiccup.backoff_cap_seconds, ceiling)
