from msgspec import UnsetType

from chat.actions.authorization import require_membership, require_session_within_rate
from chat.actions.paging import fitting, next_cursor
from chat.actions.services import Services
from chat.protocol.encoding import rfc3339
from chat.protocol.errors import Forbidden
from chat.protocol.ids import ConnectionId, UserId
from chat.protocol.moderation_frames import ListBans
from chat.protocol.server_conversations import Ban, Bans, BansData
from chat.storage.bans import bans_page


def list_bans(frame: ListBans, connection_id: ConnectionId, services: Services) -> Bans:
    """List who is banned from a group, a page at a time.

    The membership is checked last, so that a moderator who is removed meanwhile learns nothing
    newer.

    Raises:
        Forbidden: the sender is neither an owner nor a moderator.
    """
    session = require_session_within_rate("lists", connection_id, services)
    cursor, limit = frame.data.cursor, frame.data.limit
    listing = f"bans {frame.conversation_id}"
    after = None
    if not isinstance(cursor, UnsetType):
        after = UserId(services.cursors().open(session.user_id, listing, cursor))
    page = bans_page(frame.conversation_id, after, limit)
    if require_membership(session, frame.conversation_id).role == "member":
        raise Forbidden("Only an owner or a moderator may do this.")
    items = fitting(
        Ban(each.user.user_id, each.user.username, rfc3339(each.banned_at), each.by)
        for each in page
    )
    next_one = next_cursor(
        page,
        len(items),
        limit,
        lambda last: services.cursors().seal(session.user_id, listing, last.user.user_id),
    )
    return Bans(data=BansData(frame.conversation_id, items, next_one))
