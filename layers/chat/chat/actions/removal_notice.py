"""The notice that a member is out, to the members and to the one who is out."""

from chat.actions.broadcast import broadcast
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
    theirs = roster.tombstoned_of(notification.data.user_id)
    # Not together: what waits in a queue for a big room reaches members alone.
    for some in (theirs, roster.entries):
        broadcast(
            notification, conversation_id, [each for each in some if each != asking], services
        )
    delete_tombstoned(roster, notification.data.user_id)
