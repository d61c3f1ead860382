from chat.actions.admission import authenticated
from chat.actions.chat import Chat
from chat.actions.departure import depart
from chat.protocol.client_frames import LeaveConversation
from chat.protocol.ids import ConnectionId
from chat.protocol.server_frames import MemberRemoved
from chat.storage.conversations import find_conversation
from chat.storage.database import both


def leave_conversation(
    frame: LeaveConversation, connection_id: ConnectionId, chat: Chat
) -> MemberRemoved:
    """Leave a group; when its last member leaves, it is closed for good."""
    session, state = both(
        lambda: authenticated(connection_id, chat),
        lambda: find_conversation(frame.conversation_id),
    )
    return depart(state, session.user_id, session, chat)
