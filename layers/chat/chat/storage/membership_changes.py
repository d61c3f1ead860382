"""The transactions that change who is a member: each takes effect whole or not at all.

With a membership go the count of members on the conversation, the count of conversations on the
user, and the tombstone on the roster. So the last one to leave is known for certain, no limit is
ever passed, and a removed member's rows stop counting in the same instant.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple

from msgspec.structs import replace
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chat.protocol.errors import Conflict
from chat.protocol.ids import ConversationId
from chat.protocol.server_frames import Person
from chat.storage.changes import Change
from chat.storage.connections import Session, assert_session
from chat.storage.conversations import ConversationState
from chat.storage.database import failed_conditions, transaction
from chat.storage.membership_limits import (
    MembershipLimits,
    check_conversations,
    count_in,
    count_out,
    has_room_for,
    too_many_members,
)
from chat.storage.memberships import Membership, Standing
from chat.storage.numbered_changes import Rejected, is_older, store_change
from chat.storage.roles import are_owners, require_role
from chat.storage.roster_changes import put_entry, put_tombstone, require_no_tombstone
from chat.storage.tables import ConversationRow, MembershipRow

MAX_TRANSACTION_WRITES = 100
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""

MAX_INITIAL_MEMBERS = 49
"""Each is two writes, the membership and the user's count, beside the conversation."""

MAX_ADDED_AT_ONCE = 32
"""Each is three writes, with the check of the tombstone; owner, count and change are three more."""


class Insertion(Enum):
    """What became of an attempt to create a conversation."""

    DONE = "done"
    EXISTS = "there is one of this id"
    SESSION_ENDED = "one of the sessions ended or was followed by another; nothing was changed"


def insert_conversation(
    state: ConversationState,
    members: Sequence[Membership],
    limits: MembershipLimits,
    sessions: Sequence[Session] = (),
) -> Insertion:
    """Create a conversation with up to 49 members, and with it the roster of their sessions.

    Takes as many sessions as `room_for_sessions` says.

    Raises:
        Conflict: it would have too many members, or one of them too many conversations; nothing
            was changed.
    """
    if len(members) > limits.members_per_conversation:
        raise too_many_members(limits)
    row = ConversationRow(
        state.conversation_id,
        kind=state.kind,
        title=state.title,
        created_at=state.created_at,
        last_activity_at=state.last_activity_at,
        member_count=len(members),
    )

    by_user = {each.user_id: each for each in members}

    def write(writes: TransactWrite) -> None:
        writes.save(row, condition=ConversationRow.conversation_id.does_not_exist())
        for session in sessions:
            assert_session(writes, session)
            put_entry(writes, by_user[session.user_id], session)
        for each in members:
            writes.save(_row(each))
            count_in(writes, each, limits)

    refused = _commit(write)
    if not refused:
        return Insertion.DONE
    if refused[0]:
        return Insertion.EXISTS
    if any(refused[: -len(members)]):
        return Insertion.SESSION_ENDED
    _check_refused(members, refused, limits)
    raise Conflict("The members are changing too quickly. Try again.")


def room_for_sessions(members: int) -> int:
    """Tell how many sessions fit the transaction that creates a conversation."""
    return (MAX_TRANSACTION_WRITES - 1 - 2 * members) // 2


def put_members(
    conversation_id: ConversationId,
    by: Person | Membership,
    members: Sequence[Membership],
    limits: MembershipLimits,
) -> int | None:
    """Add up to 32 members, who have read everything up to the number of this change; the number.

    Returns None, and changes nothing, if one of them is a member already, if one was removed from
    a membership that began no earlier than the new one, or if `by` is not the owner.

    Raises:
        Conflict: it would have too many members, or one of them too many conversations; nothing
            was changed.
    """

    def write(writes: TransactWrite, seq: int) -> None:
        require_role(writes, conversation_id, by, "owner")
        _count(writes, conversation_id, len(members), has_room_for(len(members), limits))
        for each in members:
            joined = replace(each, last_read_seq=seq)
            writes.save(_row(joined), condition=MembershipRow.user_id.does_not_exist())
            require_no_tombstone(writes, each)
            count_in(writes, each, limits)

    change = Change(
        conversation_id=conversation_id,
        kind="members_added",
        by=Person(by.user_id, by.username),
        at=members[0].joined_at,
        members=[Person(each.user_id, each.username) for each in members],
    )
    outcome = store_change(change, write)
    if not isinstance(outcome, Rejected):
        return outcome
    refused, first_update = outcome.failed, -len(members) - 1
    if not any(refused[:first_update]):
        # There is an owner, so the conversation is open. It has no room.
        if refused[first_update]:
            raise too_many_members(limits)
        _check_refused(members, refused, limits)
    return None


class Seen(NamedTuple):
    """How many members and owners a conversation had when it was read."""

    members: int
    owners: int = 1


ONE_MEMBER = Seen(1)


def delete_member(
    leaving: Membership,
    by: Person | Membership,
    successor: Standing | Membership | None,
    now_ms: int,
    seen: Seen = ONE_MEMBER,
) -> int | None:
    """Remove a member with a tombstone; the successor, if any, becomes the owner.

    Returns the number of this change.

    If an owner leaves, `seen` is what was read when the successor was chosen, the owner included.
    The index may lack a member who joined earlier, so the number of members has to be right.

    Returns None, and changes nothing, if the state is no longer as it was read: the member is gone
    or joined again, has another role or another name, the successor is gone, somebody else than the
    owner removes, or an owner leaves and there are not as many owners or, if that was the only one,
    members as were read.
    """
    conversation_id = leaving.conversation_id
    count = ConversationRow.member_count
    is_owner = leaving.role == "owner"
    as_seen = count == seen.members if is_owner and seen.owners == 1 else count > 1
    if is_owner:
        as_seen &= are_owners(seen.owners)
    owner_count = ConversationRow.owner_count
    is_one_of_several = is_owner and seen.owners > 1
    one_owner_less = [owner_count.set(seen.owners - 1)] if is_one_of_several else []

    def write(writes: TransactWrite, seq: int) -> None:
        is_settled = is_older(MembershipRow.role_version, seq)
        if by.user_id != leaving.user_id:
            require_role(writes, conversation_id, by, "owner")
        writes.delete(
            MembershipRow(leaving.user_id, conversation_id),
            condition=(MembershipRow.role == leaving.role)
            & (MembershipRow.joined_at == leaving.joined_at)
            & is_settled,
        )
        put_tombstone(writes, leaving, now_ms)
        count_out(writes, leaving)
        _count(writes, conversation_id, -1, as_seen, *one_owner_less)
        if successor:
            writes.update(
                MembershipRow(successor.user_id, conversation_id),
                actions=[MembershipRow.role.set("owner"), MembershipRow.role_version.set(seq)],
                condition=(MembershipRow.role != "owner")
                & (MembershipRow.joined_at == successor.joined_at)
                & is_settled,
            )

    change = Change(
        conversation_id=conversation_id,
        kind="member_removed",
        by=Person(by.user_id, by.username),
        at=now_ms,
        members=[Person(leaving.user_id, leaving.username)],
        new_owner_id=successor.user_id if successor else None,
    )
    outcome = store_change(change, write)
    return None if isinstance(outcome, Rejected) else outcome


def _commit(write: Callable[[TransactWrite], None]) -> list[bool]:
    """Commit a transaction; return which of its conditions failed, or nothing if it committed.

    The order is that of `failed_conditions`: the updates of users are added last and come last.
    """
    try:
        with transaction() as writes:
            write(writes)
    except TransactWriteError as error:
        refused = failed_conditions(error)
        if any(refused):
            return refused
        raise
    return []


def _check_refused(
    members: Sequence[Membership], refused: Sequence[bool], limits: MembershipLimits
) -> None:
    """Say why some members could not be added.

    Raises:
        Conflict: a member has no room, or is no user any longer.
    """
    counted = zip(members, refused[-len(members) :], strict=True)
    check_conversations([each for each, is_refused in counted if is_refused], limits)


def _count(
    writes: TransactWrite,
    conversation_id: ConversationId,
    change: int,
    condition: Condition,
    *more: Action,
) -> None:
    writes.update(
        ConversationRow(conversation_id),
        actions=[ConversationRow.member_count.add(change), *more],
        condition=condition,
    )


def _row(member: Membership) -> MembershipRow:
    return MembershipRow(
        member.user_id,
        member.conversation_id,
        username=member.username,
        role=member.role,
        joined_at=member.joined_at,
        last_read_seq=member.last_read_seq,
    )
