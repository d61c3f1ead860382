"""Reports: which messages users reported, until the operator resolves them."""

from msgspec import Struct

from chat.protocol.ids import ConversationId
from chat.protocol.server_frames import Person
from chat.storage.tables import ReportRow


class Report(Struct, frozen=True, kw_only=True):
    """What a user reported of a message; nothing of the message's content."""

    conversation_id: ConversationId
    message_seq: int
    by: Person
    reported_at: int
    reason: str | None = None


def put_report(report: Report) -> None:
    """Store a report; a user's earlier report of the same message is replaced."""
    ReportRow(
        report.conversation_id,
        f"{report.message_seq}#{report.by.user_id}",
        username=report.by.username,
        reported_at=report.reported_at,
        reason=report.reason,
    ).save()
