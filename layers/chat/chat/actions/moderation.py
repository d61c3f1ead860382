"""What owners and moderators do to keep a group in order: mute, ban, slow mode.

A moderator acts on members, an owner on moderators too, and nobody on an owner.
"""

from chat.actions.changed_frames import conversation_changed, member_removed
from chat.actions.conversation_request import (
    ATTEMPTS,
    Request,
    admit,
    announce,
    get_state,
    read_request,
    require_leader,
    require_leader_now,
    too_quick,
)
from chat.actions.removal_notice import notify_removed
from chat.actions.services import Services
from chat.actions.user_lookup import resolve_usernames
from chat.protocol.encoding import milliseconds
from chat.protocol.errors import Conflict, Forbidden
from chat.protocol.ids import ConnectionId, ConversationId
from chat.protocol.moderation_frames import BanMember, MuteMember, SetSlowMode, UnbanMember
from chat.protocol.server_conversations import ConversationChanged, MemberRemoved, Role
from chat.protocol.server_frames import Person
from chat.storage.bans import BannedUser, ban_user, find_ban, unban_user
from chat.storage.changes import Change
from chat.storage.database import gather_two
from chat.storage.memberships import Membership, find_membership
from chat.storage.moderation import above
from chat.storage.moderation import mute_member as store_mute
from chat.storage.moderation import set_slow_mode as store_slow_mode
from chat.storage.numbered_changes import Rejected
from chat.storage.users import User


def mute_member(
    frame: MuteMember, connection_id: ConnectionId, services: Services
) -> ConversationChanged:
    """Let a member send nothing until a time, and push that to every other connection.

    A time that has passed ends a mute. What is so already takes no number.

    Raises:
        Forbidden: the sender does not rank above the member.
        Conflict: it is a direct conversation, or the user is no member.
    """
    request = _admit(frame.conversation_id, connection_id, services)
    until_ms = milliseconds(frame.data.until)
    [user] = resolve_usernames([frame.data.username], "data.username")
    for _ in range(ATTEMPTS):
        member = find_membership(user.user_id, frame.conversation_id)
        _check_ranks_above(request.own.role, member.role if member else "member")
        if member is None:
            raise Conflict("That person is not a member.")
        change = _mute(request, member, until_ms)
        if _is_muted(member, until_ms, request.now_ms):
            return conversation_changed(change, 0)
        outcome = store_mute(change, member, until_ms)
        if not isinstance(outcome, Rejected):
            return announce(conversation_changed(change, outcome), request, services)
        request = read_request(request.session, frame.conversation_id, services)
    raise too_quick()


def ban_member(frame: BanMember, connection_id: ConnectionId, services: Services) -> MemberRemoved:
    """Ban a user from a group, and push that to every other connection and to the user's.

    The user need not be a member. A user who is banned already takes no number.

    Raises:
        Forbidden: the sender does not rank above the user.
        Conflict: it is a direct conversation.
    """
    request = _admit(frame.conversation_id, connection_id, services)
    [user] = resolve_usernames([frame.data.username], "data.username")
    for _ in range(ATTEMPTS):
        member, ban = _standing(frame.conversation_id, user)
        _check_ranks_above(request.own.role, member.role if member else "member")
        change = request.change("member_banned", member=Person(user.user_id, user.username))
        if ban:
            return member_removed(change, 0)
        outcome = ban_user(change, member)
        if not isinstance(outcome, Rejected):
            removed = member_removed(change, outcome)
            notify_removed(removed, connection_id, services)
            return removed
        request = read_request(request.session, frame.conversation_id, services)
    raise too_quick()


def unban_member(
    frame: UnbanMember, connection_id: ConnectionId, services: Services
) -> ConversationChanged:
    """Let a banned user be added again, and push that to every other connection.

    A user who is not banned takes no number.

    Raises:
        Forbidden: the sender is neither an owner nor a moderator.
        Conflict: it is a direct conversation.
    """
    request = _admit(frame.conversation_id, connection_id, services)
    [user] = resolve_usernames([frame.data.username], "data.username")
    change = request.change("unbanned", member=Person(user.user_id, user.username))
    for _ in range(ATTEMPTS):
        ban = find_ban(frame.conversation_id, user.user_id)
        if ban is None:
            return conversation_changed(change, 0)
        outcome = unban_user(change, ban)
        if not isinstance(outcome, Rejected):
            return announce(conversation_changed(change, outcome), request, services)
        require_leader_now(request)
    raise too_quick()


def set_slow_mode(
    frame: SetSlowMode, connection_id: ConnectionId, services: Services
) -> ConversationChanged:
    """Set how long members wait between two messages, and push that to every other connection.

    If a later one is stored meanwhile, that one is the reply. What is so already takes no number.

    Raises:
        Forbidden: the sender is neither an owner nor a moderator.
        Conflict: it is a direct conversation.
    """
    request = _admit(frame.conversation_id, connection_id, services)
    slow_seconds = frame.data.slow_seconds
    change = request.change("slow_mode", slow_seconds=slow_seconds)
    if request.state.slow_seconds == slow_seconds:
        return conversation_changed(change, 0)
    outcome = store_slow_mode(change, slow_seconds)
    if isinstance(outcome, Rejected):
        require_leader_now(request)
        now = get_state(frame.conversation_id)
        later = request.change("slow_mode", slow_seconds=now.slow_seconds)
        return conversation_changed(later, now.slow_version)
    return announce(conversation_changed(change, outcome), request, services)


def _admit(
    conversation_id: ConversationId, connection_id: ConnectionId, services: Services
) -> Request:
    request = admit(conversation_id, connection_id, services)
    if request.state.kind == "direct":
        raise Conflict("There are no moderators in a direct conversation.")
    require_leader(request)
    return request


def _check_ranks_above(own: Role, role: Role) -> None:
    if own not in above(role):
        raise Forbidden("You may do this only to members of a lower role.")


def _is_muted(member: Membership, until_ms: int, now_ms: int) -> bool:
    """Tell whether a member is muted until a time, or not at all if that has passed."""
    return member.muted_until == until_ms or max(member.muted_until, until_ms) <= now_ms


def _mute(request: Request, member: Membership, until_ms: int) -> Change:
    if until_ms <= request.now_ms:
        return request.change("unmuted", member=member)
    return request.change("muted", member=member, muted_until=until_ms)


def _standing(
    conversation_id: ConversationId, user: User
) -> tuple[Membership | None, BannedUser | None]:
    return gather_two(
        lambda: find_membership(user.user_id, conversation_id),
        lambda: find_ban(conversation_id, user.user_id),
    )
