from msgspec import UNSET, UnsetType

from chat.actions.authorization import require_membership, require_session_within_rate
from chat.actions.paging import fitting, next_cursor
from chat.actions.services import Services
from chat.protocol.conversation_frames import ListMembers
from chat.protocol.encoding import rfc3339
from chat.protocol.ids import ConnectionId, UserId
from chat.protocol.server_conversations import Member, Members, MembersData
from chat.protocol.server_profiles import Profile
from chat.storage.database import gather_two
from chat.storage.memberships import members_page
from chat.storage.profiles import find_profiles
from chat.storage.roster import read_roster


def list_members(frame: ListMembers, connection_id: ConnectionId, services: Services) -> Members:
    """List the members of a conversation, a page at a time, and which of them are online.

    The membership is checked after the list was read, so that a member who is removed meanwhile
    learns nothing newer of the conversation.
    """
    session = require_session_within_rate("lists", connection_id, services)
    cursor, limit = frame.data.cursor, frame.data.limit
    listing = f"members {frame.conversation_id}"
    after = None
    if not isinstance(cursor, UnsetType):
        after = UserId(services.cursors().open(session.user_id, listing, cursor))
    page, roster = gather_two(
        lambda: members_page(frame.conversation_id, after, limit),
        lambda: read_roster(frame.conversation_id, services.now_ms()),
    )
    profiles, _ = gather_two(
        lambda: find_profiles(each.user_id for each in page),
        lambda: require_membership(session, frame.conversation_id),
    )
    online = roster.online()
    items = fitting(
        Member(
            user_id=each.user_id,
            username=each.username,
            **_shown(profiles.get(each.user_id)),
            role=each.role,
            last_read_seq=each.last_read_seq,
            online=each.user_id in online,
            muted_until=rfc3339(each.muted_until) if each.muted_until else UNSET,
        )
        for each in page
    )
    next_one = next_cursor(
        page,
        len(items),
        limit,
        lambda last: services.cursors().seal(session.user_id, listing, last.user_id),
    )
    return Members(data=MembersData(frame.conversation_id, items, next_one))


def _shown(profile: Profile | None) -> dict[str, str]:
    given = profile and {"display_name": profile.display_name, "picture_id": profile.picture_id}
    return {name: value for name, value in (given or {}).items() if value is not None}
