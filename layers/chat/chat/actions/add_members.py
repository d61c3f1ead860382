from collections.abc import Sequence

from msgspec.structs import replace

from chat.actions.authorization import (
    person_of,
    require_membership,
    require_session_within_rate,
)
from chat.actions.broadcast import broadcast, is_batched, wake_soon
from chat.actions.joining import Sessions, add_to_roster, notify_created
from chat.actions.services import Services
from chat.actions.user_lookup import resolve_usernames
from chat.protocol.conversation_frames import AddMembers
from chat.protocol.errors import Conflict, Forbidden, NotAMember
from chat.protocol.ids import ConnectionId, ConversationId, UserId
from chat.protocol.server_conversations import Member, MembersAdded, MembersAddedData
from chat.protocol.server_frames import Person
from chat.storage.bans import BANNED, banned_among
from chat.storage.conversations import ConversationState, find_conversation
from chat.storage.database import gather_two
from chat.storage.membership_changes import put_members
from chat.storage.memberships import Membership, find_membership, members_among
from chat.storage.roles import Operator
from chat.storage.roster import ended_memberships, read_roster
from chat.storage.users import User

ATTEMPTS = 5


def add_members(frame: AddMembers, connection_id: ConnectionId, services: Services) -> MembersAdded:
    """Add people to a group; those who are members already stay as they are.

    The added members are pushed the conversation, all other members the list of the added.
    """
    session = require_session_within_rate("changes", connection_id, services)
    own, state = gather_two(
        lambda: require_membership(session, frame.conversation_id),
        lambda: find_conversation(frame.conversation_id),
    )
    if state is None or state.kind == "direct":
        raise Conflict("Nobody is added to a direct conversation.")
    if own.role != "owner":
        raise Forbidden
    users = resolve_usernames(frame.data.members, "data.members")
    return bring_in(state, users, person_of(session), session.connection_id, services)


def bring_in(
    state: ConversationState,
    users: Sequence[User],
    by: Person,
    asking: ConnectionId | None,
    services: Services,
) -> MembersAdded:
    """Add up to 32 users to a group in its owner's name, all of them or none.

    The asking connection gets no push.

    Raises:
        NotAMember, Forbidden: `by` is not, or no longer, the owner.
        Conflict: there is no room for them, one of them has no room for it, or is banned.
    """
    added, members, seq = _add(state, by, users, services)
    # Existing members are put on the roster again: an earlier call may have died between their
    # membership and their roster rows.
    sessions = add_to_roster(members, services)
    notification = _notification(state.conversation_id, seq, added, sessions, by)
    if added:
        notify_created(replace(state, last_seq=seq), added, sessions, asking, services)
        _notify_others(notification, added, asking, services)
    return notification


def _add(
    state: ConversationState, by: Person, users: Sequence[User], services: Services
) -> tuple[list[Membership], list[Membership], int]:
    """Make the users members; return the added ones, all of them, and the change's number.

    The added ones have read everything that was there before.
    """
    conversation_id = state.conversation_id
    joined_at = services.now_ms()
    for _ in range(ATTEMPTS):
        present = _members_now(conversation_id, users)
        missing = [
            Membership(
                user_id=user.user_id,
                conversation_id=conversation_id,
                username=user.username,
                role="member",
                joined_at=joined_at,
            )
            for user in users
            if user.user_id not in present
        ]
        if not missing:
            return [], [*present.values()], 0
        seq = put_members(conversation_id, by, missing, services.limits)
        if seq:
            added = [replace(each, last_read_seq=seq) for each in missing]
            return added, [*present.values(), *added], seq
        _check_still_owner(conversation_id, by)
        # Somebody may have been removed just now, by a function whose clock is ahead.
        ended = ended_memberships(conversation_id).values()
        joined_at = max([joined_at, *(at + 1 for at in ended if at < BANNED)])
    raise Conflict("The members are changing too quickly. Try again.")


def _members_now(
    conversation_id: ConversationId, users: Sequence[User]
) -> dict[UserId, Membership]:
    """Find which of the users are members already.

    Raises:
        Conflict: one of them is banned.
    """
    user_ids = [user.user_id for user in users]
    members, banned = gather_two(
        lambda: members_among(conversation_id, user_ids),
        lambda: banned_among(conversation_id, user_ids),
    )
    for user in users:
        if user.user_id in banned:
            raise Conflict(f"The user {user.username!r} is banned from this conversation.")
    return members


def _check_still_owner(conversation_id: ConversationId, by: Person) -> None:
    if isinstance(by, Operator):
        return
    own = find_membership(by.user_id, conversation_id)
    if own is None:
        raise NotAMember
    if own.role != "owner":
        raise Forbidden


def _notification(
    conversation_id: ConversationId,
    seq: int,
    added: Sequence[Membership],
    sessions: Sessions,
    by: Person,
) -> MembersAdded:
    members = [
        Member(
            user_id=each.user_id,
            username=each.username,
            role=each.role,
            last_read_seq=each.last_read_seq,
            online=bool(sessions.get(each.user_id)),
        )
        for each in added
    ]
    return MembersAdded(
        data=MembersAddedData(conversation_id=conversation_id, seq=seq, members=members, by=by)
    )


def _notify_others(
    notification: MembersAdded,
    added: Sequence[Membership],
    asking: ConnectionId | None,
    services: Services,
) -> None:
    newcomers = {each.user_id for each in added}
    roster = read_roster(notification.data.conversation_id, services.now_ms())
    if is_batched(roster, services):
        wake_soon(roster.conversation_id, notification.data.seq, services)
        return
    others = [
        entry.connection_id
        for entry in roster.entries.values()
        if entry.user_id not in newcomers and entry.connection_id != asking
    ]
    broadcast(notification, notification.data.conversation_id, others, services)
