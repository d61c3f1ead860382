from msgspec import UnsetType

from chat.actions.authorization import require_membership, require_session_within_rate
from chat.actions.services import Services
from chat.protocol.errors import BadRequest, Conflict, NotAMember
from chat.protocol.ids import ConnectionId, find_message_key
from chat.protocol.limits import MAX_REASON
from chat.protocol.moderation_frames import ReportMessage
from chat.protocol.server_frames import Person
from chat.protocol.text import displayable
from chat.storage.database import gather_two
from chat.storage.messages import find_message
from chat.storage.reports import Report, put_report


def report_message(frame: ReportMessage, connection_id: ConnectionId, services: Services) -> None:
    """Store for the operator that a member reported a message. Nobody is pushed anything.

    A later report of the same message by the same member replaces the earlier one.

    Raises:
        BadRequest: the reason is too long, has controls, or shows nothing.
        Conflict: the message is deleted.
    """
    reason = _reason(frame)
    session = require_session_within_rate("changes", connection_id, services)
    key = find_message_key(frame.message_id)
    if key is None:
        raise NotAMember
    conversation_id, seq = key
    _, message = gather_two(
        lambda: require_membership(session, conversation_id),
        lambda: find_message(conversation_id, seq),
    )
    if message is None:
        raise NotAMember
    if message.deleted_at:
        raise Conflict("The message is deleted.")
    put_report(
        Report(
            conversation_id=conversation_id,
            message_seq=seq,
            by=Person(session.user_id, session.username),
            reported_at=services.now_ms(),
            reason=reason,
        )
    )
    services.add_metric("Reports", 1)


def _reason(frame: ReportMessage) -> str | None:
    if isinstance(frame.data.reason, UnsetType):
        return None
    reason = displayable(frame.data.reason, MAX_REASON)
    if reason is None:
        raise BadRequest(f"A reason is 1 to {MAX_REASON} characters, and shows.", "data.reason")
    return reason
