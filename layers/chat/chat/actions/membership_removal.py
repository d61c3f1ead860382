"""How a membership ends, when its member leaves or is removed."""

from collections.abc import Callable

from msgspec import structs

from chat.actions.authorization import (
    person_of,
    require_membership,
    require_session_within_rate,
)
from chat.actions.removal_notice import notify_removed
from chat.actions.services import Services
from chat.protocol.conversation_frames import LeaveConversation, RemoveMember
from chat.protocol.errors import BadRequest, Conflict, Forbidden, NotAMember
from chat.protocol.ids import ConnectionId, ConversationId, UserId
from chat.protocol.server_conversations import MemberRemoved, MemberRemovedData
from chat.protocol.server_frames import Person
from chat.protocol.text import case_mapped
from chat.storage.connections import Session
from chat.storage.conversations import ConversationState, find_conversation
from chat.storage.database import gather_two
from chat.storage.membership_changes import Seen, delete_member
from chat.storage.memberships import (
    Membership,
    Standing,
    find_membership,
    members_page,
    standing_in,
)
from chat.storage.roles import Operator
from chat.storage.roster import read_roster
from chat.storage.roster_changes import delete_tombstoned
from chat.storage.users import User, find_users

PAUSES_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.4)
"""How long to wait before looking again, where the members changed meanwhile or where the index of
a conversation's members had not followed its table yet."""


def leave_conversation(
    frame: LeaveConversation, connection_id: ConnectionId, services: Services
) -> MemberRemoved:
    """Leave a group; when its last member leaves, it is closed for good."""
    session = require_session_within_rate("changes", connection_id, services)
    state = find_conversation(frame.conversation_id)
    return depart(state, User(session.user_id, session.username), session, services)


def remove_member(
    frame: RemoveMember, connection_id: ConnectionId, services: Services
) -> MemberRemoved:
    """Remove a member from a group, which only its owner may; users who leave do so themselves."""
    session = require_session_within_rate("changes", connection_id, services)
    _, state = gather_two(
        lambda: require_membership(session, frame.conversation_id),
        lambda: find_conversation(frame.conversation_id),
    )
    username = case_mapped(frame.data.username)
    user = find_users([username]).get(username)
    if user is None:
        raise BadRequest(f"There is no user {frame.data.username!r}.", "data.username")
    return depart(state, user, session, services)


def depart(
    state: ConversationState | None, leaving: User, by: Session, services: Services
) -> MemberRemoved:
    """End a membership and tell everybody, the one who goes included.

    From the return on nothing of the conversation reaches that user. When the owner goes, the
    member of longest standing becomes owner.

    Raises:
        NotAMember: who asks is not a member.
        Forbidden: who asks removes somebody else and is not the owner.
        Conflict: it is a direct conversation, or the one to remove is not a member.
    """
    if state is None:
        raise NotAMember
    return end_membership(
        lambda: _member_to_go(state, leaving, by, services),
        person_of(by),
        by.connection_id,
        services,
        state.owner_count,
    )


def end_membership(
    find: Callable[[], Membership],
    by: Person,
    asking: ConnectionId | None,
    services: Services,
    owners: int | None = None,
) -> MemberRemoved:
    """End the membership that `find` gives, and push that to the members and the one who goes.

    The asking connection gets no push. `owners` is how many there were if that was just read.

    Raises:
        Conflict: the members changed at every attempt.
    """
    gone, seq, new_owner_id = _delete(find, by, services, owners)
    notification = MemberRemoved(
        data=MemberRemovedData(
            conversation_id=gone.conversation_id,
            seq=seq,
            user_id=gone.user_id,
            username=gone.username,
            by=by,
            new_owner_id=new_owner_id,
        )
    )
    notify_removed(notification, asking, services)
    return notification


def get_membership(user: User, conversation_id: ConversationId) -> Membership:
    """Read a membership, under the user's present name even if a renaming was cut off.

    Raises:
        NotAMember
    """
    member = find_membership(user.user_id, conversation_id)
    if member is None:
        raise NotAMember
    return structs.replace(member, username=user.username)


def delete_leftovers(user: User, conversation_id: ConversationId, services: Services) -> None:
    """Delete the roster rows that a removal left which was cut off."""
    delete_tombstoned(read_roster(conversation_id, services.now_ms()), user.user_id)


def _delete(
    find: Callable[[], Membership], by: Person, services: Services, owners: int | None
) -> tuple[Membership, int, UserId | None]:
    """Delete the membership that `find` gives; return it, the change's number, and a new owner."""
    list_all = standing_in
    for pause_seconds in PAUSES_SECONDS:
        member = find()
        is_owner = member.role == "owner"
        others, number = _others(member, list_all, owners) if is_owner else ([], 1)
        # If another owner is left, nobody has to become one, as if an owner removes somebody else.
        leaves_none = number == 1 and (by.user_id == member.user_id or isinstance(by, Operator))
        candidates = others if leaves_none else []
        successor = min(candidates, key=lambda each: (each.joined_at, each.user_id), default=None)
        seq = delete_member(member, by, successor, services.now_ms(), Seen(1 + len(others), number))
        if seq:
            return member, seq, successor.user_id if successor else None
        services.sleep(pause_seconds)
        # The list may still have members who went; so each of it is read from now on.
        list_all, owners = _standing_now, None
    raise Conflict("The members are changing too quickly. Try again.")


def _others(
    owner: Membership,
    list_all: Callable[[ConversationId], list[Standing]],
    owners: int | None,
) -> tuple[list[Standing], int]:
    """List the other members of an owner's conversation, and count its owners."""
    listed, number = gather_two(
        lambda: list_all(owner.conversation_id),
        lambda: owners or _count_owners(owner.conversation_id),
    )
    return [each for each in listed if each.user_id != owner.user_id], number


def _count_owners(conversation_id: ConversationId) -> int:
    state = find_conversation(conversation_id)
    return state.owner_count if state else 1


def _standing_now(conversation_id: ConversationId) -> list[Standing]:
    return [Standing(each.user_id, each.joined_at) for each in members_page(conversation_id)]


def _member_to_go(
    state: ConversationState, leaving: User, by: Session, services: Services
) -> Membership:
    conversation_id, asking = state.conversation_id, User(by.user_id, by.username)
    own = None if by.is_operator else get_membership(asking, conversation_id)
    if state.kind == "direct":
        raise Conflict("Nobody leaves a direct conversation.")
    if leaving.user_id == by.user_id:
        return own or get_membership(leaving, conversation_id)
    if own and own.role != "owner":
        raise Forbidden
    try:
        return get_membership(leaving, conversation_id)
    except NotAMember:
        delete_leftovers(leaving, conversation_id, services)
        raise Conflict("That person is not a member.") from None
