from chat.actions.authorization import AuthorizedMember, authorize_member, require_session
from chat.actions.broadcast import broadcast
from chat.actions.notification_withdrawal import withdraw_soon
from chat.actions.services import Services
from chat.protocol.encoding import rfc3339
from chat.protocol.errors import NotAMember
from chat.protocol.ids import ConnectionId, find_message_key
from chat.protocol.message_frames import ReadReceipt
from chat.protocol.server_messages import ReadReceiptEvent, ReadReceiptEventData
from chat.storage.connections import sessions_of
from chat.storage.database import gather_two
from chat.storage.memberships import mark_read
from chat.storage.messages import find_message


def read_receipt(frame: ReadReceipt, connection_id: ConnectionId, services: Services) -> None:
    """Mark everything up to a message as read; pushed only if the mark moved.

    In a big room it is pushed to the reader's other connections alone.
    """
    key = find_message_key(frame.message_id)
    if key is None:
        require_session(connection_id, services)
        raise NotAMember
    conversation_id, seq = key
    authorized, message = gather_two(
        lambda: authorize_member("receipts", conversation_id, connection_id, services),
        lambda: find_message(conversation_id, seq),
    )
    if message is None:
        raise NotAMember
    reader = authorized.entry
    moved = mark_read(reader.user_id, conversation_id, seq)
    if moved and services.limits.has_web_push:
        withdraw_soon(reader.user_id, conversation_id, seq, services)
    if moved:
        read = ReadReceiptEvent(
            data=ReadReceiptEventData(
                conversation_id=conversation_id,
                message_id=message.message_id,
                seq=seq,
                user_id=reader.user_id,
                username=reader.username,
                read_at=rfc3339(services.now_ms()),
            )
        )
        broadcast(read, conversation_id, _recipients(authorized, services), services)


def _recipients(authorized: AuthorizedMember, services: Services) -> list[ConnectionId]:
    reader = authorized.entry
    if authorized.roster.is_whole:
        return authorized.roster.without(reader.connection_id)
    own = sessions_of(reader.user_id, services.now_ms())
    return [each.connection_id for each in own if each.connection_id != reader.connection_id]
