from msgspec import UnsetType

from chat.actions.authorization import require_membership, require_session_within_rate
from chat.actions.history_down import GoingDown
from chat.actions.history_up import GoingUp
from chat.actions.services import Services
from chat.actions.settling import settled_page
from chat.protocol.errors import BadRequest
from chat.protocol.ids import ConnectionId
from chat.protocol.message_frames import History
from chat.protocol.server_conversations import HistoryPage, HistoryPageData
from chat.storage.conversations import find_conversation, move_settled_seq
from chat.storage.database import gather_two

GAP_PAUSES_SECONDS = (0.05, 0.1)
"""How long what is just being stored is waited for before its number is sealed."""

SETTLED_AT_ONCE = 10_000
"""How many numbers a page going down settles at most; `up_to` says how far it came."""

SETTLED_STEP = 50
"""How many more numbers have to be settled before that is noted, which is a write."""


def history(frame: History, connection_id: ConnectionId, services: Services) -> HistoryPage:
    """List messages and changes after a number; or messages before one, or the newest; ascending.

    A page is settled up to `up_to`: nothing is stored later under a number up to it that a page
    going up passed, or that would change a message of a page going down.

    It shows nothing newer than the conversation was before the membership was looked at, so that a
    member who is removed meanwhile reads nothing of what is sent afterwards.
    """
    session, conversation = gather_two(
        lambda: require_session_within_rate("history", connection_id, services),
        lambda: find_conversation(frame.conversation_id),
    )
    last_seq = conversation.last_seq if conversation else 0
    settled_seq = conversation.settled_seq if conversation else 0
    reading = _reading(frame, last_seq, settled_seq)
    _, changes = gather_two(
        lambda: require_membership(session, frame.conversation_id), reading.changes
    )
    page = settled_page(reading, changes, GAP_PAUSES_SECONDS, services.sleep)
    if page.newest_version > last_seq:
        # Such a state may have come after the membership ended.
        require_membership(session, frame.conversation_id)
    if reading.after <= settled_seq <= page.up_to - SETTLED_STEP:
        move_settled_seq(frame.conversation_id, page.up_to)
    return HistoryPage(
        data=HistoryPageData(
            frame.conversation_id, page.messages, page.changes, page.up_to, page.has_more
        )
    )


def _reading(frame: History, last_seq: int, settled_seq: int) -> GoingUp | GoingDown:
    after, before = frame.data.after_seq, frame.data.before_seq
    if not isinstance(after, UnsetType) and not isinstance(before, UnsetType):
        raise BadRequest("Ask for messages after a number or before one.", "data.before_seq")
    if not isinstance(after, UnsetType):
        return GoingUp(frame.conversation_id, after, last_seq, frame.data.limit)
    end = min(last_seq, settled_seq + SETTLED_AT_ONCE)
    before = last_seq + 1 if isinstance(before, UnsetType) else min(before, last_seq + 1)
    return GoingDown(frame.conversation_id, settled_seq, end, before, frame.data.limit)
