"""How often a minute one connection may do something, counted without a round trip of its own.

What a connection asks for is counted each time, on its row, which is read for it anyway. What it
sends into conversations is to cost no write: of that, some frames chosen by chance are counted, and
a connection that sends too much is held back by a mark on the roster, which every frame reads.
`docs/decisions/0012-sampled-limits.md` has the numbers.
"""

from chat.actions.limits import MeteredRequest
from chat.actions.services import Services
from chat.protocol.errors import RateLimited
from chat.protocol.ids import ConnectionId, ConversationId
from chat.storage.connections import Connection, increment_rate_counter
from chat.storage.database import gather_two
from chat.storage.roster import Entry, MeteredEvent, Roster, find_entry, read_roster
from chat.storage.roster_changes import throttle

SAMPLES_PER_WINDOW = 20
"""How many frames are counted, on average, of as many as a minute may have."""

_MINUTE_MS = 60_000


def consume(
    what: MeteredRequest, connection_id: ConnectionId, services: Services
) -> Connection | None:
    """Find a connection, counting what it does.

    Raises:
        RateLimited: it did so too often in this minute.
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
    """Read a roster for a frame, as `read_roster_of` does; one in so many frames is counted too.

    Raises:
        RateLimited: the connection sends too much of this in this minute.
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
    """Read a roster and find a connection on it.

    Only a message needs the whole roster of a big room: nothing else is pushed there.
    """
    now_ms = services.now_ms()
    at_most = None if what == "messages" else services.limits.big_room_connections
    roster = read_roster(conversation_id, now_ms, at_most)
    if roster.is_whole:
        return roster, roster.find(connection_id)
    return roster, find_entry(conversation_id, connection_id, now_ms)


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
    # Who is not on this roster is refused for its sake anyway.
    if entry:
        throttle(conversation_id, entry.connection_id, what, until_ms)
        services.add_metric("Throttled", 1)


def _end_of_minute(now_ms: int) -> int:
    return (now_ms // _MINUTE_MS + 1) * _MINUTE_MS


def _seconds_until(then_ms: int, now_ms: int) -> int:
    return -((now_ms - then_ms) // 1000)
