from chat.actions.authorization import authorize_member, require_session
from chat.actions.broadcast import broadcast
from chat.actions.notification_withdrawal import withdraw_soon
from chat.actions.services import Services
from chat.protocol.client_frames import ReadReceipt
from chat.protocol.encoding import rfc3339
from chat.protocol.errors import NotAMember
from chat.protocol.ids import ConnectionId, find_message_key
from chat.protocol.server_frames import ReadReceiptEvent, ReadReceiptEventData
from chat.storage.database import gather_two
from chat.storage.memberships import mark_read
from chat.storage.messages import find_message


def read_receipt(frame: ReadReceipt, connection_id: ConnectionId, services: Services) -> None:
    """Mark everything up to a message as read; pushed only if the mark moved."""
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
    if moved and authorized.roster.is_whole:
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
        broadcast(read, conversation_id, authorized.roster.without(connection_id), services)
