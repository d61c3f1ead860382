"""A look at whether a user is online, and what the watchers of the user hear of it.

A look carries no state. So looks that come twice, late or in another order do no harm.
"""

from functools import partial

from chat.actions.broadcast import broadcast_now
from chat.actions.presence_frames import online_count, presence_of_one
from chat.actions.services import Services
from chat.protocol.encoding import encode
from chat.protocol.ids import ConversationId, UserId
from chat.protocol.server_presence import Presence, PresenceData, UserPresence
from chat.push.limits import QUEUED
from chat.storage.connections import is_online
from chat.storage.database import gather, gather_two
from chat.storage.presence import Known, begin_version, find_known, settle
from chat.storage.roster import Roster, read_roster
from chat.storage.watches import Watch, delete_watches, watches_of


def presence(user_id: UserId, services: Services) -> None:
    """Push whether a user is online to the watchers, unless all of them know.

    A user counts as offline only `OfflineSeconds` after the last connection was closed, so that a
    connection that is renewed is not seen.
    """
    now_ms = services.now_ms()
    known, online = gather_two(
        lambda: find_known(user_id, now_ms), lambda: is_online(user_id, now_ms)
    )
    if known is None or known.says(is_online=online):
        return
    early_ms = known.last_seen_at + services.limits.offline_seconds * 1000 - now_ms
    if early_ms > 0 and not online:
        services.publisher().publish_presence(user_id, -(-early_ms // 1000))
        return
    _tell(known, now_ms, services)


def _tell(known: Known, now_ms: int, services: Services) -> None:
    """Push the next version.

    The sessions are read once it has begun: a function that changes one later finds this version,
    and has the user looked at again if it says something else or is not settled.
    """
    begun = begin_version(known.user_id, known, now_ms)
    if begun is None:
        return  # by a look that reads the sessions later than this one
    online = is_online(known.user_id, now_ms)
    watches = watches_of(known.user_id, now_ms)
    _push(presence_of_one(begun, is_online=online), watches, services)
    settle(begun, now_ms, is_online=online)


def _push(user: UserPresence, watches: list[Watch], services: Services) -> None:
    by_conversation: dict[ConversationId, list[Watch]] = {}
    for each in watches:
        by_conversation.setdefault(each.conversation_id, []).append(each)
    big, now_ms = services.limits.big_room_connections, services.now_ms()
    rosters = gather(*(partial(read_roster, each, now_ms, big) for each in by_conversation))
    ended: list[Watch] = []
    for roster in rosters:
        ended += _push_in(roster, by_conversation[roster.conversation_id], user, services)
    delete_watches(ended)


def _push_in(
    roster: Roster, watches: list[Watch], user: UserPresence, services: Services
) -> list[Watch]:
    """Push to the watchers in one conversation; return the watches that have ended.

    In a room that has become big all of them end, and the watchers get the count instead.
    """
    conversation_id, is_big = roster.conversation_id, not roster.is_whole
    if is_big:
        roster = read_roster(conversation_id, services.now_ms())
    one = PresenceData(conversation_id=conversation_id, users=[user])
    frame = online_count(roster) if is_big else Presence(data=one)
    ended = [each for each in watches if each.has_ended(roster)]
    reached = [each.connection_id for each in watches if each not in ended]
    if reached:
        broadcast_now(encode(frame), conversation_id, reached, services, QUEUED)
    return watches if is_big else ended
