from collections.abc import Sequence
from functools import partial

from chat.actions.authorization import require_session_within_rate, require_still_member
from chat.actions.presence_frames import online_count, presence_of_one
from chat.actions.services import Services
from chat.protocol.client_frames import WatchPresence
from chat.protocol.errors import Conflict, NotAMember
from chat.protocol.ids import ConnectionId, UserId
from chat.protocol.server_presence import Presence, PresenceData, UserPresence
from chat.storage.connections import is_online
from chat.storage.database import gather, gather_two
from chat.storage.memberships import members_among
from chat.storage.presence import (
    Known,
    begin_version,
    find_known,
    find_known_among,
    keep_longer,
    settle,
)
from chat.storage.roster import Roster, read_roster
from chat.storage.watches import MAX_WATCHES, put_watches


def watch_presence(
    frame: WatchPresence, connection_id: ConnectionId, services: Services
) -> Presence:
    """Watch which members are online, in place of those watched in the conversation before.

    Users who are not members are left out. The watches are stored before it is read who is online:
    what changes later is pushed. The membership is checked last, so that a member who is removed
    meanwhile learns nothing newer. In a big room nobody is watched.

    Raises:
        NotAuthenticated, AuthExpired, NotAMember, RateLimited
        Conflict: the connection watches too many.
    """
    session = require_session_within_rate("lists", connection_id, services)
    wanted = list(dict.fromkeys(frame.data.user_ids))
    big = services.limits.big_room_connections
    members, roster = gather_two(
        lambda: members_among(frame.conversation_id, {session.user_id, *wanted}),
        lambda: read_roster(frame.conversation_id, services.now_ms(), big),
    )
    own = members.get(session.user_id)
    if own is None:
        raise NotAMember
    watched = [members[each] for each in wanted if each in members] if roster.is_whole else []
    if not put_watches(session, own, watched):
        raise Conflict(f"A connection watches at most {MAX_WATCHES} users.")
    users = _presence_of([each.user_id for each in watched], roster, services)
    if roster.is_whole:
        shown = Presence(data=PresenceData(conversation_id=frame.conversation_id, users=users))
    else:
        shown = online_count(read_roster(frame.conversation_id, services.now_ms()))
    require_still_member(own)
    return shown


def _presence_of(
    user_ids: Sequence[UserId], roster: Roster, services: Services
) -> list[UserPresence]:
    """Say what the watchers of the users know: a user who has just gone offline is still online."""
    if not user_ids:
        return []
    now_ms = services.now_ms()
    known = find_known_among(user_ids, now_ms)
    users = gather(*(partial(_one, each, known.get(each), now_ms) for each in user_ids))
    online = roster.online()
    for each in users:
        # No `$disconnect` came, or its function died.
        if each.is_online and each.user_id not in online:
            services.publisher().publish_presence(each.user_id, services.limits.offline_seconds)
    return users


def _one(user_id: UserId, known: Known | None, now_ms: int) -> UserPresence:
    begun = None if known else begin_version(user_id, None, now_ms)
    now_known = known or begun or find_known(user_id, now_ms)
    if now_known is None:
        raise Conflict("What is known of a user was deleted just now. Try again.")
    if now_known.is_settled:
        keep_longer(now_known, now_ms)
        return presence_of_one(now_known, is_online=now_known.is_online)
    online = is_online(user_id, now_ms)
    if begun:
        settle(begun, now_ms, is_online=online)
    return presence_of_one(now_known, is_online=online)
