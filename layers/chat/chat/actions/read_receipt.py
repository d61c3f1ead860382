from chat.actions.admission import admit, authenticated
from chat.actions.chat import Chat
from chat.actions.delivery import deliver
from chat.protocol.client_frames import ReadReceipt
from chat.protocol.errors import NotAMember
from chat.protocol.ids import ConnectionId, find_message_key
from chat.protocol.server_frames import MessageRead, MessageReadData
from chat.protocol.times import rfc3339
from chat.storage.database import both
from chat.storage.memberships import mark_read
from chat.storage.messages import find_message


def read_receipt(frame: ReadReceipt, connection_id: ConnectionId, chat: Chat) -> None:
    """Mark everything up to a message as read; told on only where the mark moved."""
    key = find_message_key(frame.message_id)
    if key is None:
        authenticated(connection_id, chat)
        raise NotAMember
    conversation_id, seq = key
    admitted, message = both(
        lambda: admit("receipts", conversation_id, connection_id, chat),
        lambda: find_message(conversation_id, seq),
    )
    if message is None:
        raise NotAMember
    reader = admitted.entry
    moved = mark_read(reader.user_id, conversation_id, seq)
    if moved and admitted.roster.is_whole:
        read = MessageRead(
            data=MessageReadData(
                conversation_id=conversation_id,
                message_id=message.message_id,
                seq=seq,
                user_id=reader.user_id,
                username=reader.username,
                read_at=rfc3339(chat.now_ms()),
            )
        )
        deliver(read, conversation_id, admitted.roster.without(connection_id), chat)
