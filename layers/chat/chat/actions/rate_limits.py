"""Rate limits of one connection, counted without a round trip of their own.

Requests are counted each time, on the connection's row, which is read anyway. What a connection
sends into conversations must cost no write: a random sample of it is counted, and a connection that
sends too much is throttled by a mark on the roster, which every frame reads.
`docs/decisions/0012-sampled-limits.md` has the numbers.
"""

from chat.actions.limits import MeteredRequest
from chat.actions.services import Services
from chat.protocol.errors import RateLimited
from chat.protocol.ids import ConnectionId, ConversationId
from chat.storage.connections import Connection, increment_rate_counter
from chat.storage.database import gather_two
from chat.storage.roster import (
    Entry,
    MeteredEvent,
    Roster,
    find_entry,
    read_roster,
    read_roster_for_message,
)
from chat.storage.roster_changes import throttle

SAMPLES_PER_WINDOW = 20
"""How many frames are counted, on average, out of a minute's limit."""

_MINUTE_MS = 60_000


def consume(
    what: MeteredRequest, connection_id: ConnectionId, services: Services
) -> Connection | None:
    """Find a connection, and count what it does.

    Raises:
        RateLimited: it has reached its limit of this minute.
    """
    now_ms = services.now_ms()
    connection, times = increment_rate_counter(connection_id, what, now_ms // _MINUTE_MS)
    if times > services.limits.per_minute(what):
        raise RateLimited(_seconds_until(_end_of_minute(now_ms), now_ms))
    return connection


def read_roster_and_sample(
    what: MeteredEvent,
    conversation_id: ConversationId,
    connection_id: ConnectionId,
    services: Services,
) -> tuple[Roster, Entry | None]:
    """Read a roster as `read_roster_for` does; one frame in so many is counted too.

    Raises:
        RateLimited: the connection has reached its limit of this minute.
    """
    now_ms, limit = services.now_ms(), services.limits.per_minute(what)
    stride = max(1, limit // SAMPLES_PER_WINDOW)
    if services.random() * stride < 1:
        (roster, entry), (_, times) = gather_two(
            lambda: read_roster_for(what, conversation_id, connection_id, services),
            lambda: increment_rate_counter(connection_id, what, now_ms // _MINUTE_MS),
        )
    else:
        (roster, entry), times = read_roster_for(what, conversation_id, connection_id, services), 0
    _require_not_throttled(what, entry, now_ms)
    if times * stride > limit:
        ends_at = _end_of_minute(now_ms)
        _throttle(what, conversation_id, entry, ends_at, services)
        raise RateLimited(_seconds_until(ends_at, now_ms))
    return roster, entry


def read_roster_for(
    what: MeteredEvent,
    conversation_id: ConversationId,
    connection_id: ConnectionId,
    services: Services,
) -> tuple[Roster, Entry | None]:
    """Read a roster and find a connection on it."""
    roster = read_needed_roster(what, conversation_id, connection_id, services)
    if roster.is_whole or roster.is_batched:
        return roster, roster.find(connection_id)
    return roster, find_entry(conversation_id, connection_id, services.now_ms())


def read_needed_roster(
    what: MeteredEvent,
    conversation_id: ConversationId,
    connection_id: ConnectionId,
    services: Services,
) -> Roster:
    """Read a roster, of a big room only for a message: nothing else is pushed there."""
    now_ms = services.now_ms()
    if what == "messages":
        return read_roster_for_message(conversation_id, connection_id, now_ms)
    return read_roster(conversation_id, now_ms, services.limits.big_room_connections)


def _require_not_throttled(what: MeteredEvent, entry: Entry | None, now_ms: int) -> None:
    throttled_until = entry.throttled_until.get(what, 0) if entry else 0
    if throttled_until > now_ms:
        raise RateLimited(_seconds_until(throttled_until, now_ms))


def _throttle(
    what: MeteredEvent,
    conversation_id: ConversationId,
    entry: Entry | None,
    until_ms: int,
    services: Services,
) -> None:
    # A connection that is not on this roster is rejected for that anyway.
    if entry:
        throttle(conversation_id, entry.connection_id, what, until_ms)
        services.add_metric("Throttled", 1)


def _end_of_minute(now_ms: int) -> int:
    return (now_ms // _MINUTE_MS + 1) * _MINUTE_MS


def _seconds_until(then_ms: int, now_ms: int) -> int:
    return -((now_ms - then_ms) // 1000)
