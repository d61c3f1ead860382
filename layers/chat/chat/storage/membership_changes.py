"""The transactions that change who is a member: each takes effect whole or not at all.

With a membership goes the count of members on the conversation, so that the last one to leave is
known for certain, and the tombstone on the roster, so that a removed member's rows stop counting in
the same instant.
"""

from collections.abc import Callable, Sequence

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chat.protocol.ids import ConversationId, UserId
from chat.storage.conversations import ConversationState
from chat.storage.database import refused_conditions, transaction
from chat.storage.memberships import Membership
from chat.storage.roster import bar, unbar
from chat.storage.tables import ConversationRow, MembershipRow

MAX_TRANSACTION_WRITES = 100
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""

MAX_ADDED_AT_ONCE = 45
"""Each addition is two writes, beside the check of who adds and the count."""


def found_conversation(state: ConversationState, members: Sequence[Membership]) -> bool:
    """Create a conversation with up to 99 members; False where there is one of this id."""
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

    return _commit(write)


def put_members(conversation_id: ConversationId, by: UserId, members: Sequence[Membership]) -> bool:
    """Add up to 45 members.

    Returns False, and changes nothing, where one of them is a member already or `by` is not, or no
    longer, the owner.
    """

    def write(writes: TransactWrite) -> None:
        _check_owner(writes, conversation_id, by)
        _count(writes, conversation_id, len(members), ConversationRow.member_count > 0)
        for each in members:
            writes.save(_row(each), condition=MembershipRow.user_id.does_not_exist())
            unbar(writes, conversation_id, each.user_id)

    return _commit(write)


def delete_member(leaving: Membership, by: UserId, heir: Membership | None, now_ms: int) -> bool:
    """Remove a member and bar their connections; the heir, if any, becomes the owner.

    Returns False, and changes nothing, where the state is no longer as it was seen: the member is
    gone or has another role, the heir is gone, somebody else than the owner removes, or an owner
    without an heir is not the last member.
    """
    conversation_id = leaving.conversation_id
    is_last = leaving.role == "owner" and heir is None
    left = ConversationRow.member_count == 1 if is_last else ConversationRow.member_count > 1

    def write(writes: TransactWrite) -> None:
        if by != leaving.user_id:
            _check_owner(writes, conversation_id, by)
        writes.delete(
            MembershipRow(leaving.user_id, conversation_id),
            condition=MembershipRow.role == leaving.role,
        )
        bar(writes, conversation_id, leaving.user_id, now_ms)
        _count(writes, conversation_id, -1, left)
        if heir:
            writes.update(
                MembershipRow(heir.user_id, conversation_id),
                actions=[MembershipRow.role.set("owner")],
                condition=MembershipRow.role == "member",
            )

    return _commit(write)


def _commit(write: Callable[[TransactWrite], None]) -> bool:
    """Commit a transaction; False where one of its conditions refused it."""
    try:
        with transaction() as writes:
            write(writes)
    except TransactWriteError as error:
        if any(refused_conditions(error)):
            return False
        raise
    return True


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
