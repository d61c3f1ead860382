"""What an operator does to keep groups in order, in the name of an owner."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from chat.actions.broadcast import broadcast
from chat.actions.changed_frames import conversation_changed, member_removed
from chat.actions.conversation_title import displayable_title
from chat.actions.removal_notice import notify_removed
from chat.actions.services import Services
from chat.protocol.encoding import rfc3339
from chat.protocol.ids import ConversationId, MessageId, UserId, find_message_key, message_id
from chat.protocol.server_frames import Person
from chat.storage.bans import ban_user, find_ban, unban_user
from chat.storage.changes import Change, ChangeKind
from chat.storage.conversation_changes import rename_conversation
from chat.storage.conversations import ConversationState
from chat.storage.memberships import find_membership
from chat.storage.messages import find_message
from chat.storage.moderation import mute_member
from chat.storage.numbered_changes import Rejected
from chat.storage.roster import read_roster
from chat.storage.tables import BanRow, ReportRow
from chat.storage.users import User
from cli.admin.conversations import end_membership_of, get_owner
from cli.errors import CommandRefused

_CHANGED = "The conversation was changed meanwhile. Try again."


class ReportedMessage(Struct, frozen=True, kw_only=True):
    """A report, and who wrote the message; `author` is None if it is deleted."""

    message_id: MessageId
    author: str | None
    reported_by: str
    reported_at: str
    reason: str | None


def ban(state: ConversationState, user: User, services: Services) -> bool:
    """Ban a user from a group; False if the user is banned already. An owner is removed first.

    Raises:
        CommandRefused: it is a direct conversation, or somebody changed it meanwhile.
    """
    _require_group(state)
    if find_ban(state.conversation_id, user.user_id):
        return False
    member = find_membership(user.user_id, state.conversation_id)
    if member and member.role == "owner":
        end_membership_of(user, state.conversation_id, services)
        member = None
    change = _change(state, "member_banned", services, user)
    removed = member_removed(change, _stored(ban_user(change, member)))
    notify_removed(removed, None, services)
    return True


def unban(state: ConversationState, user: User, services: Services) -> bool:
    """Let a user be added again; False if the user is not banned.

    Raises:
        CommandRefused: somebody changed it meanwhile.
    """
    banned = find_ban(state.conversation_id, user.user_id)
    if banned is None:
        return False
    change = _change(state, "unbanned", services, user)
    _announce(change, _stored(unban_user(change, banned)), services)
    return True


def mute(state: ConversationState, user: User, minutes: int, services: Services) -> int:
    """Mute a member of a group for so long, 0 to end it; the instant until which it lasts.

    Raises:
        CommandRefused: the user is no member or an owner, or somebody changed it meanwhile.
    """
    _require_group(state)
    member = find_membership(user.user_id, state.conversation_id)
    if member is None or member.role == "owner":
        raise CommandRefused(f"{user.username} is not a member, or is an owner.")
    until_ms = services.now_ms() + minutes * 60_000
    change = _change(state, "muted" if minutes else "unmuted", services, user)
    change = replace(change, muted_until=until_ms if minutes else None)
    _announce(change, _stored(mute_member(change, member, until_ms)), services)
    return until_ms


def set_title(state: ConversationState, title: str, services: Services) -> str:
    """Give a group another title; the title as it is shown.

    Raises:
        BadRequest: the title cannot be displayed.
        CommandRefused: it is a direct conversation, or somebody changed it meanwhile.
    """
    _require_group(state)
    displayed = displayable_title(title)
    change = _change(state, "renamed", services)
    seq = _stored(rename_conversation(change, displayed))
    _announce(change, seq, services, displayed)
    return displayed


def list_reports() -> list[ReportedMessage]:
    """List the reports that are not resolved, the earliest first. Reads the whole table of them."""
    rows = sorted(ReportRow.scan(consistent_read=True), key=lambda row: row.reported_at)
    return [_reported(row) for row in rows]


def resolve_reports(message: MessageId) -> int:
    """Delete the reports of a message; how many there were."""
    conversation_id, seq = find_message_key(message) or (ConversationId(message), 0)
    rows = list(
        ReportRow.query(
            conversation_id, ReportRow.reported_by.startswith(f"{seq}#"), consistent_read=True
        )
    )
    for row in rows:
        row.delete()
    return len(rows)


def erase_moderation(user_id: UserId) -> None:
    """Delete a user's reports and bans, and forget whom the user banned. Reads whole tables."""
    for report in ReportRow.scan(
        ReportRow.reported_by.contains(f"#{user_id}"), consistent_read=True
    ):
        report.delete()
    for row in BanRow.scan(BanRow.user_id == user_id, consistent_read=True):
        row.delete()
    for row in BanRow.scan(BanRow.by_user_id == user_id, consistent_read=True):
        row.update(actions=[BanRow.by_user_id.remove(), BanRow.by_username.remove()])


def moderation_of(user_id: UserId) -> dict[str, list[dict[str, object]]]:
    """List a user's reports, and what the user is banned from. Reads whole tables."""
    bans = BanRow.scan(BanRow.user_id == user_id, consistent_read=True)
    return {
        "reports": [
            {
                "message_id": _message_of(row),
                "reported_at": rfc3339(int(row.reported_at)),
                "reason": row.reason,
            }
            for row in _reports_of(user_id)
        ],
        "bans": [
            {"conversation_id": row.conversation_id, "banned_at": rfc3339(int(row.banned_at))}
            for row in bans
        ],
    }


def _reports_of(user_id: UserId) -> Iterator[ReportRow]:
    by_user = ReportRow.reported_by.contains(f"#{user_id}")
    return iter(ReportRow.scan(by_user, consistent_read=True))


def _require_group(state: ConversationState) -> None:
    if state.kind == "direct":
        raise CommandRefused("This is a direct conversation.")


def _change(
    state: ConversationState, kind: ChangeKind, services: Services, user: User | None = None
) -> Change:
    return Change(
        conversation_id=state.conversation_id,
        kind=kind,
        by=get_owner(state.conversation_id),
        at=services.now_ms(),
        members=[Person(user.user_id, user.username)] if user else [],
    )


def _stored(outcome: int | Rejected) -> int:
    if isinstance(outcome, Rejected):
        raise CommandRefused(_CHANGED)
    return outcome


def _announce(change: Change, seq: int, services: Services, title: str | None = None) -> None:
    roster = read_roster(change.conversation_id, services.now_ms())
    changed = conversation_changed(change, seq, title)
    broadcast(changed, change.conversation_id, list(roster.entries), services)


def _reported(row: ReportRow) -> ReportedMessage:
    conversation_id, seq = ConversationId(row.conversation_id), _seq(row)
    message = find_message(conversation_id, seq)
    return ReportedMessage(
        message_id=_message_of(row),
        author=message.username if message and not message.deleted_at else None,
        reported_by=row.username,
        reported_at=rfc3339(int(row.reported_at)),
        reason=row.reason,
    )


def _message_of(row: ReportRow) -> MessageId:
    return message_id(ConversationId(row.conversation_id), _seq(row))


def _seq(row: ReportRow) -> int:
    return int(row.reported_by.partition("#")[0])
