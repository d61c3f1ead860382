"""How often a minute one connection may do something, counted without a round trip of its own.

What a connection asks for is counted each time, on its row, which is read for it anyway. What it
sends into conversations is to cost no write: of that, some frames chosen by chance are counted, and
a connection that sends too much is held back by a mark on the roster, which every frame reads.
`docs/decisions/0012-sampled-limits.md` has the numbers.
"""

from chat.actions.chat import Chat
from chat.actions.limits import Charged
from chat.protocol.errors import RateLimited
from chat.protocol.ids import ConnectionId, ConversationId
from chat.storage.connections import Connection, charge
from chat.storage.database import both
from chat.storage.roster import Entry, Roster, Spoken, find_entry, read_roster
from chat.storage.roster_changes import hold_back

SAMPLES = 20
"""How many frames are counted, on average, of as many as a minute may have."""

_MINUTE_MS = 60_000


def count_a_minute(what: Charged, connection_id: ConnectionId, chat: Chat) -> Connection | None:
    """Find a connection, counting what it does.

    Raises:
        RateLimited: it did so too often in this minute.
    """
    now_ms = chat.now_ms()
    connection, times = charge(connection_id, what, now_ms // _MINUTE_MS)
    if times > chat.limits.a_minute(what):
        raise RateLimited(_seconds_until(_end_of_minute(now_ms), now_ms))
    return connection


def read_roster_counting(
    what: Spoken, conversation_id: ConversationId, connection_id: ConnectionId, chat: Chat
) -> tuple[Roster, Entry | None]:
    """Read a roster for a frame, as `read_roster_of` does; one in so many frames is counted too.

    Raises:
        RateLimited: the connection sends too much of this in this minute.
    """
    now_ms, limit = chat.now_ms(), chat.limits.a_minute(what)
    stride = max(1, limit // SAMPLES)
    if chat.chance() * stride < 1:
        (roster, entry), (_, times) = both(
            lambda: read_roster_of(what, conversation_id, connection_id, chat),
            lambda: charge(connection_id, what, now_ms // _MINUTE_MS),
        )
    else:
        (roster, entry), times = read_roster_of(what, conversation_id, connection_id, chat), 0
    _check_not_held(what, entry, now_ms)
    if times * stride > limit:
        ends_at = _end_of_minute(now_ms)
        _hold_back(what, conversation_id, entry, ends_at, chat)
        raise RateLimited(_seconds_until(ends_at, now_ms))
    return roster, entry


def read_roster_of(
    what: Spoken, conversation_id: ConversationId, connection_id: ConnectionId, chat: Chat
) -> tuple[Roster, Entry | None]:
    """Read a roster and find a connection on it.

    Only a message needs the whole roster of a big room: nothing else is pushed there.
    """
    now_ms = chat.now_ms()
    at_most = None if what == "messages" else chat.limits.big_room_connections
    roster = read_roster(conversation_id, now_ms, at_most)
    if roster.is_whole:
        return roster, roster.find(connection_id)
    return roster, find_entry(conversation_id, connection_id, now_ms)


def _check_not_held(what: Spoken, entry: Entry | None, now_ms: int) -> None:
    held_until = entry.held_until.get(what, 0) if entry else 0
    if held_until > now_ms:
        raise RateLimited(_seconds_until(held_until, now_ms))


def _hold_back(
    what: Spoken, conversation_id: ConversationId, entry: Entry | None, until_ms: int, chat: Chat
) -> None:
    # Who is not on this roster is refused for its sake anyway.
    if entry:
        hold_back(conversation_id, entry.connection_id, what, until_ms)
        chat.count("HeldBack", 1)


def _end_of_minute(now_ms: int) -> int:
    return (now_ms // _MINUTE_MS + 1) * _MINUTE_MS


def _seconds_until(then_ms: int, now_ms: int) -> int:
    return -((now_ms - then_ms) // 1000)
