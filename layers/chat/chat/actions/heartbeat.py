from chat.actions.admission import authenticated
from chat.actions.chat import Chat
from chat.protocol.client_frames import Heartbeat
from chat.protocol.ids import ConnectionId, ConversationId
from chat.protocol.server_frames import HeartbeatAck, HeartbeatAckData
from chat.protocol.times import rfc3339
from chat.storage.conversations import find_conversations
from chat.storage.database import both
from chat.storage.memberships import memberships_among


def heartbeat(frame: Heartbeat, connection_id: ConnectionId, chat: Chat) -> HeartbeatAck:
    """Say what time it is, and which of the client's conversations have moved past it."""
    positions = frame.data.positions
    behind = _behind(positions, connection_id, chat) if positions else {}
    return HeartbeatAck(data=HeartbeatAckData(rfc3339(chat.now_ms()), behind))


def _behind(
    positions: dict[ConversationId, int], connection_id: ConnectionId, chat: Chat
) -> dict[ConversationId, int]:
    session, states = both(
        lambda: authenticated(connection_id, chat), lambda: find_conversations(positions)
    )
    moved = {each: s.last_seq for each, s in states.items() if s.last_seq > positions[each]}
    # Whose conversations these are is asked only where there is something to tell, which spares
    # the common heartbeat a round trip.
    mine = memberships_among(session.user_id, list(moved)) if moved else {}
    return {each: seq for each, seq in moved.items() if each in mine}
