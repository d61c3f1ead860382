from chat.actions.authorization import require_session_within_rate
from chat.actions.membership_removal import depart
from chat.actions.services import Services
from chat.protocol.client_frames import LeaveConversation
from chat.protocol.ids import ConnectionId
from chat.protocol.server_frames import MemberRemoved
from chat.storage.conversations import find_conversation
from chat.storage.users import User


def leave_conversation(
    frame: LeaveConversation, connection_id: ConnectionId, services: Services
) -> MemberRemoved:
    """Leave a group; when its last member leaves, it is closed for good."""
    session = require_session_within_rate("changes", connection_id, services)
    state = find_conversation(frame.conversation_id)
    return depart(state, User(session.user_id, session.username), session, services)
