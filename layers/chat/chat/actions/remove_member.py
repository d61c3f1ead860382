from chat.actions.authorization import require_membership, require_session_within_rate
from chat.actions.membership_removal import depart
from chat.actions.services import Services
from chat.protocol.client_frames import RemoveMember
from chat.protocol.errors import BadRequest
from chat.protocol.ids import ConnectionId
from chat.protocol.server_frames import MemberRemoved
from chat.protocol.text import case_mapped
from chat.storage.conversations import find_conversation
from chat.storage.database import gather_two
from chat.storage.users import find_users


def remove_member(
    frame: RemoveMember, connection_id: ConnectionId, services: Services
) -> MemberRemoved:
    """Remove somebody from a group, which only its owner may; oneself is to leave."""
    session = require_session_within_rate("changes", connection_id, services)
    _, state = gather_two(
        lambda: require_membership(session, frame.conversation_id),
        lambda: find_conversation(frame.conversation_id),
    )
    username = case_mapped(frame.data.username)
    user = find_users([username]).get(username)
    if user is None:
        raise BadRequest(f"There is no user {frame.data.username!r}.", "data.username")
    return depart(state, user, session, services)
