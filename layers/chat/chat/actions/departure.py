"""How a member goes, by leaving or by being removed."""

from chat.actions.chat import Chat
from chat.actions.delivery import deliver
from chat.protocol.errors import Conflict, Forbidden, NotAMember
from chat.protocol.ids import ConnectionId, ConversationId, UserId
from chat.protocol.server_frames import MemberRemoved, MemberRemovedData, Person
from chat.storage.connections import Session
from chat.storage.conversations import ConversationState
from chat.storage.membership_changes import delete_member
from chat.storage.memberships import Membership, find_membership, members_page
from chat.storage.roster import delete_barred, read_roster

PAUSES_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.4)
"""How long to wait before looking again, where the members changed meanwhile or where the index of
a conversation's members had not followed its table yet."""


def depart(
    state: ConversationState | None, leaving: UserId, by: Session, chat: Chat
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
    gone = _end_membership(state, leaving, by, chat)
    told = MemberRemoved(
        data=MemberRemovedData(
            state.conversation_id,
            gone.user_id,
            gone.username,
            Person(by.user_id, by.username),
        )
    )
    _tell(told, by.connection_id, chat)
    return told


def _end_membership(
    state: ConversationState, leaving: UserId, by: Session, chat: Chat
) -> Membership:
    for pause_seconds in PAUSES_SECONDS:
        member = _member_to_go(state, leaving, by)
        heir = _heir(member) if member.role == "owner" else None
        if delete_member(member, by.user_id, heir, chat.now_ms()):
            return member
        chat.pause(pause_seconds)
    raise Conflict("The members are changing too quickly. Try again.")


def _member_to_go(state: ConversationState, leaving: UserId, by: Session) -> Membership:
    own = find_membership(by.user_id, state.conversation_id)
    if own is None:
        raise NotAMember
    if state.kind == "direct":
        raise Conflict("Nobody leaves a direct conversation.")
    if leaving == by.user_id:
        return own
    if own.role != "owner":
        raise Forbidden
    member = find_membership(leaving, state.conversation_id)
    if member is None:
        raise Conflict("That person is not a member.")
    return member


def _heir(owner: Membership) -> Membership | None:
    others = [each for each in members_page(owner.conversation_id) if each.user_id != owner.user_id]
    return min(others, key=lambda each: (each.joined_at, each.user_id), default=None)


def _tell(told: MemberRemoved, asking: ConnectionId, chat: Chat) -> None:
    conversation_id: ConversationId = told.data.conversation_id
    roster = read_roster(conversation_id, chat.now_ms())
    theirs = [each.connection_id for each in roster.barred if each.user_id == told.data.user_id]
    everybody = [*roster.entries, *theirs]
    deliver(told, conversation_id, [each for each in everybody if each != asking], chat)
    delete_barred(conversation_id, told.data.user_id, theirs, chat.now_ms())
