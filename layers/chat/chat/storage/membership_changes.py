"""The transactions that change who is a member: each takes effect whole or not at all.

With a membership go the count of members on the conversation, the count of conversations on the
user, and the tombstone on the roster. So the last one to leave is known for certain, no limit is
ever passed, and a removed member's rows stop counting in the same instant.
"""

from collections.abc import Callable, Sequence

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chat.protocol.errors import Conflict
from chat.protocol.ids import ConversationId, UserId
from chat.storage.conversations import ConversationState
from chat.storage.database import refused_conditions, transaction
from chat.storage.membership_limits import (
    MembershipLimits,
    check_conversations,
    count_in,
    count_out,
    has_room_for,
    too_many_members,
)
from chat.storage.memberships import Membership
from chat.storage.roster import bar, unbar
from chat.storage.tables import ConversationRow, MembershipRow

MAX_TRANSACTION_WRITES = 100
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""

MAX_FOUNDERS = 49
"""Each is two writes, the membership and the user's count, beside the conversation."""

MAX_ADDED_AT_ONCE = 32
"""Each is three writes, the bar that is lifted too, beside the check of who adds and the count."""


def found_conversation(
    state: ConversationState, members: Sequence[Membership], limits: MembershipLimits
) -> bool:
    """Create a conversation with up to 49 members; False where there is one of this id.

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

    def write(writes: TransactWrite) -> None:
        writes.save(row, condition=ConversationRow.conversation_id.does_not_exist())
        for each in members:
            writes.save(_row(each))
            count_in(writes, each, limits)

    refused = _commit(write)
    if refused and not any(refused[: -len(members)]):
        _check_refused(members, refused, limits)
        raise Conflict("The members are changing too quickly. Try again.")
    return not refused


def put_members(
    conversation_id: ConversationId,
    by: UserId,
    members: Sequence[Membership],
    limits: MembershipLimits,
) -> bool:
    """Add up to 32 members.

    Returns False, and changes nothing, where one of them is a member already or `by` is not, or no
    longer, the owner.

    Raises:
        Conflict: it would have too many members, or one of them too many conversations; nothing
            was changed.
    """

    def write(writes: TransactWrite) -> None:
        _check_owner(writes, conversation_id, by)
        _count(writes, conversation_id, len(members), has_room_for(len(members), limits))
        for each in members:
            writes.save(_row(each), condition=MembershipRow.user_id.does_not_exist())
            unbar(writes, conversation_id, each.user_id)
            count_in(writes, each, limits)

    refused = _commit(write)
    first_update = -len(members) - 1
    if refused and not any(refused[:first_update]):
        # There is an owner, so the conversation is open: it has no room.
        if refused[first_update]:
            raise too_many_members(limits)
        _check_refused(members, refused, limits)
    return not refused


def delete_member(
    leaving: Membership, by: UserId, heir: Membership | None, now_ms: int, *, members: int = 1
) -> bool:
    """Remove a member and bar their connections; the heir, if any, becomes the owner.

    Where an owner goes, `members` is how many were seen when the heir was chosen, the owner
    included: the index that lists them may lack one who has stood longer.

    Returns False, and changes nothing, where the state is no longer as it was seen: the member is
    gone, has another role or another name, the heir is gone, somebody else than the owner removes,
    or an owner goes and there are not as many members as were seen.
    """
    conversation_id = leaving.conversation_id
    count = ConversationRow.member_count
    as_seen = count == members if leaving.role == "owner" else count > 1

    def write(writes: TransactWrite) -> None:
        if by != leaving.user_id:
            _check_owner(writes, conversation_id, by)
        writes.delete(
            MembershipRow(leaving.user_id, conversation_id),
            condition=MembershipRow.role == leaving.role,
        )
        bar(writes, conversation_id, leaving.user_id, now_ms)
        count_out(writes, leaving)
        _count(writes, conversation_id, -1, as_seen)
        if heir:
            writes.update(
                MembershipRow(heir.user_id, conversation_id),
                actions=[MembershipRow.role.set("owner")],
                condition=MembershipRow.role == "member",
            )

    return not _commit(write)


def _commit(write: Callable[[TransactWrite], None]) -> list[bool]:
    """Commit a transaction; tell which of its conditions refused it, and nothing if none did.

    In the order of `refused_conditions`, so what counts users in, being added last, comes last.
    """
    try:
        with transaction() as writes:
            write(writes)
    except TransactWriteError as error:
        refused = refused_conditions(error)
        if any(refused):
            return refused
        raise
    return []


def _check_refused(
    members: Sequence[Membership], refused: Sequence[bool], limits: MembershipLimits
) -> None:
    """Say why those could not be counted in who were not.

    Raises:
        Conflict: it is as it was a moment ago.
    """
    counted = zip(members, refused[-len(members) :], strict=True)
    check_conversations([each for each, is_refused in counted if is_refused], limits)


def _check_owner(writes: TransactWrite, conversation_id: ConversationId, user_id: UserId) -> None:
    writes.condition_check(
        MembershipRow, user_id, conversation_id, condition=MembershipRow.role == "owner"
    )


def _count(
    writes: TransactWrite, conversation_id: ConversationId, change: int, condition: Condition
) -> None:
    writes.update(
        ConversationRow(conversation_id),
        actions=[ConversationRow.member_count.add(change)],
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
