"""Of which messages of a conversation a member wants to be notified."""

from pynamodb.exceptions import TransactWriteError

from chat.protocol.ids import ConversationId
from chat.protocol.server_conversations import NotificationLevel
from chat.storage.connections import Session
from chat.storage.database import failed_conditions, transaction
from chat.storage.tables import MembershipRow, UserRow


def set_notifications(
    session: Session,
    conversation_id: ConversationId,
    level: NotificationLevel,
    muted_until: int,
) -> bool:
    """Set it for the user of a session, whose list of conversations changes by that.

    Returns False, and changes nothing, if the user is no member.
    """
    kept, until = MembershipRow.notify_level, MembershipRow.notify_muted_until
    try:
        with transaction() as writes:
            writes.update(
                MembershipRow(session.user_id, conversation_id),
                actions=[
                    kept.remove() if level == "all" else kept.set(level),
                    until.set(muted_until) if muted_until else until.remove(),
                ],
                condition=MembershipRow.user_id.exists(),
            )
            writes.update(
                UserRow(session.username),
                actions=[UserRow.inbox.add(1)],
                condition=UserRow.user_id == session.user_id,
            )
    except TransactWriteError as error:
        if any(failed_conditions(error)):
            return False
        raise
    return True
