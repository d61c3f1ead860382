from msgspec import UnsetType

from chat.actions.authorization import require_session_within_rate
from chat.actions.services import Services
from chat.protocol.encoding import encode, milliseconds, rfc3339
from chat.protocol.errors import NotAMember
from chat.protocol.ids import ConnectionId
from chat.protocol.notification_frames import SetNotifications
from chat.protocol.server_notifications import NotificationsSet, NotificationsSetData
from chat.storage.connections import sessions_of
from chat.storage.notification_settings import set_notifications as store_notifications


def set_notifications(
    frame: SetNotifications, connection_id: ConnectionId, services: Services
) -> NotificationsSet:
    """Set of which messages the user is notified, and push that to the user's other connections.

    A connection that misses it hears of it by its heartbeat: the list of conversations has changed.
    A time that has passed mutes nothing.
    """
    session = require_session_within_rate("changes", connection_id, services)
    now_ms, until = services.now_ms(), frame.data.muted_until
    until_ms = 0 if isinstance(until, UnsetType) else milliseconds(until)
    until_ms = until_ms if until_ms > now_ms else 0
    if not store_notifications(session, frame.conversation_id, frame.data.level, until_ms):
        raise NotAMember
    notifications_set = NotificationsSet(
        data=NotificationsSetData(
            conversation_id=frame.conversation_id,
            level=frame.data.level,
            muted_until=rfc3339(until_ms) if until_ms else None,
        )
    )
    live = [each.connection_id for each in sessions_of(session.user_id, now_ms)]
    others = [each for each in live if each != connection_id]
    services.push().push(others, encode(notifications_set))
    return notifications_set
