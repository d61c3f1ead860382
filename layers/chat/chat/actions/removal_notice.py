"""The notice that a member is out, to the members and to the one who is out."""

from chat.actions.broadcast import broadcast, broadcast_to_room
from chat.actions.services import Services
from chat.protocol.ids import ConnectionId, ConversationId
from chat.protocol.server_conversations import MemberRemoved
from chat.storage.roster import read_roster
from chat.storage.roster_changes import delete_tombstoned


def notify_removed(
    notification: MemberRemoved, asking: ConnectionId | None, services: Services
) -> None:
    """Push a removal to every connection but the asking one, and take the removed ones off."""
    conversation_id: ConversationId = notification.data.conversation_id
    roster = read_roster(conversation_id, services.now_ms())
    theirs = [each for each in roster.tombstoned_of(notification.data.user_id) if each != asking]
    # Not together: what waits in a queue for a big room reaches members alone.
    broadcast(notification, conversation_id, theirs, services)
    broadcast_to_room(notification, notification.data.seq, roster, asking, services)
    delete_tombstoned(roster, notification.data.user_id)
