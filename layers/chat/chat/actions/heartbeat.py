from msgspec import UNSET, UnsetType

from chat.actions.authorization import require_session
from chat.actions.services import Services
from chat.protocol.client_frames import Heartbeat
from chat.protocol.ids import ConnectionId, ConversationId
from chat.protocol.server_frames import HeartbeatAck, HeartbeatAckData
from chat.protocol.times import rfc3339
from chat.storage.conversations import find_conversations
from chat.storage.database import gather_two
from chat.storage.memberships import memberships_among
from chat.storage.users import read_inbox


def heartbeat(frame: Heartbeat, connection_id: ConnectionId, services: Services) -> HeartbeatAck:
    """Return the time, and the conversations in which the client is behind."""
    positions, seen = frame.data.positions, frame.data.inbox
    behind = _behind(positions, connection_id, services) if positions else {}
    inbox = UNSET if isinstance(seen, UnsetType) else _inbox(seen, connection_id, services)
    return HeartbeatAck(data=HeartbeatAckData(rfc3339(services.now_ms()), behind, inbox))


def _inbox(seen: int, connection_id: ConnectionId, services: Services) -> int | UnsetType:
    """Return the number of the list's last change, unless the client has seen that."""
    session = require_session(connection_id, services)
    inbox = read_inbox(session.username)
    return UNSET if inbox == seen else inbox


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
