from chat.actions.admission import charged
from chat.actions.chat import Chat
from chat.actions.departure import depart
from chat.protocol.client_frames import LeaveConversation
from chat.protocol.ids import ConnectionId
from chat.protocol.server_frames import MemberRemoved
from chat.storage.conversations import find_conversation
from chat.storage.users import User


def leave_conversation(
    frame: LeaveConversation, connection_id: ConnectionId, chat: Chat
) -> MemberRemoved:
    """Leave a group; when its last member leaves, it is closed for good."""
    session = charged("changes", connection_id, chat)
    state = find_conversation(frame.conversation_id)
    return depart(state, User(session.user_id, session.username), session, chat)
