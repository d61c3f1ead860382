from chat.actions.authorization import require_session
from chat.actions.services import Services
from chat.protocol.client_frames import Heartbeat
from chat.protocol.encoding import rfc3339
from chat.protocol.ids import ConnectionId, ConversationId
from chat.protocol.server_frames import HeartbeatAck, HeartbeatAckData
from chat.storage.conversations import find_conversations
from chat.storage.database import gather_two
from chat.storage.memberships import memberships_among


def heartbeat(frame: Heartbeat, connection_id: ConnectionId, services: Services) -> HeartbeatAck:
    """Return the time, and the conversations in which the client is behind."""
    positions = frame.data.positions
    behind = _behind(positions, connection_id, services) if positions else {}
    return HeartbeatAck(data=HeartbeatAckData(rfc3339(services.now_ms()), behind))


def _behind(
    positions: dict[ConversationId, int], connection_id: ConnectionId, services: Services
) -> dict[ConversationId, int]:
    session, states = gather_two(
        lambda: require_session(connection_id, services), lambda: find_conversations(positions)
    )
    moved = {each: s.last_seq for each, s in states.items() if s.last_seq > positions[each]}
    # Membership is checked only if there is something to report, which spares the common heartbeat
    # a round trip.
    mine = memberships_among(session.user_id, list(moved)) if moved else {}
    return {each: seq for each, seq in moved.items() if each in mine}
