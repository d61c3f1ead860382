from collections.abc import Mapping

from msgspec import UNSET, UnsetType

from chat.actions.authorization import require_session
from chat.actions.services import Services
from chat.protocol.client_frames import Heartbeat
from chat.protocol.encoding import rfc3339
from chat.protocol.ids import ConnectionId, ConversationId
from chat.protocol.server_frames import HeartbeatAck, HeartbeatAckData
from chat.storage.connections import Session
from chat.storage.conversations import ConversationState, find_conversations
from chat.storage.database import gather_two
from chat.storage.memberships import memberships_among
from chat.storage.users import read_inbox

ON_ITS_WAY_MS = 5_000
"""How long a client is given to receive what is pushed to a big room."""

type Behind = dict[ConversationId, int]
type Inbox = int | UnsetType


def heartbeat(frame: Heartbeat, connection_id: ConnectionId, services: Services) -> HeartbeatAck:
    """Return the time, and the conversations in which the client is behind.

    If the client names a number of its list of conversations, return the present one if that
    differs.
    """
    positions, seen = frame.data.positions, frame.data.inbox
    behind: Behind = {}
    inbox: Inbox = UNSET
    if positions or not isinstance(seen, UnsetType):
        behind, inbox = _news(positions, seen, connection_id, services)
    return HeartbeatAck(data=HeartbeatAckData(rfc3339(services.now_ms()), behind, inbox))


def _news(
    positions: Behind, seen: Inbox, connection_id: ConnectionId, services: Services
) -> tuple[Behind, Inbox]:
    session, states = gather_two(
        lambda: require_session(connection_id, services),
        lambda: find_conversations(positions) if positions else {},
    )
    return gather_two(
        lambda: _behind(session, positions, states, services.now_ms()),
        lambda: _inbox(session, seen),
    )


def _behind(
    session: Session,
    positions: Behind,
    states: Mapping[ConversationId, ConversationState],
    now_ms: int,
) -> Behind:
    moved = {each: s.last_seq for each, s in states.items() if _due(s, now_ms) > positions[each]}
    # Membership is checked only if there is something to report, which spares the common heartbeat
    # a round trip.
    mine = memberships_among(session.user_id, list(moved)) if moved else {}
    return {each: seq for each, seq in moved.items() if each in mine}


def _due(state: ConversationState, now_ms: int) -> int:
    """Say which number a client has by now if no push was lost.

    In a big room that talks, something new is always on its way. If it counted, each of its clients
    would ask for it at each heartbeat.
    """
    is_on_its_way = now_ms - state.pushed_at < ON_ITS_WAY_MS
    return state.pushed_seq if is_on_its_way else state.last_seq


def _inbox(session: Session, seen: Inbox) -> Inbox:
    if isinstance(seen, UnsetType):
        return UNSET
    inbox = read_inbox(session.username)
    return UNSET if inbox == seen else inbox
