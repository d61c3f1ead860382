"""How many conversations a user may be in, and how many members a conversation may have.

The user's row also has the number of the list's last change (`inbox`), which heartbeats show.
A user's conversations are counted on the user's row, in the transactions that change who is a
member, so the count is what it says at any moment. A row without a count counts none.
"""

from collections.abc import Iterable
from typing import Protocol

from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chat.protocol.errors import Conflict
from chat.storage.memberships import Membership
from chat.storage.tables import ConversationRow, UserRow


class MembershipLimits(Protocol):
    @property
    def conversations_per_user(self) -> int: ...

    @property
    def members_per_conversation(self) -> int: ...


def count_in(writes: TransactWrite, member: Membership, limits: MembershipLimits) -> None:
    """Within a transaction: count one more conversation of a member's, who has room for it."""
    none_yet = UserRow.conversations.does_not_exist()
    has_room = none_yet | (UserRow.conversations < limits.conversations_per_user)
    _count(writes, member, 1, (UserRow.user_id == member.user_id) & has_room)


def count_out(writes: TransactWrite, member: Membership) -> None:
    """Within a transaction: count one conversation less of a member's."""
    _count(writes, member, -1, UserRow.user_id == member.user_id)


def has_room_for(number: int, limits: MembershipLimits) -> Condition:
    """Require that a conversation is open and has room for so many more members."""
    members = ConversationRow.member_count
    room: Condition = (members > 0) & (members <= limits.members_per_conversation - number)
    return room


def too_many_members(limits: MembershipLimits) -> Conflict:
    return Conflict(f"A conversation has {limits.members_per_conversation} members at most.")


def check_conversations(members: Iterable[Membership], limits: MembershipLimits) -> None:
    """Check that up to 100 members have room for one more conversation.

    Raises:
        Conflict: one of them has not, or is no user any longer.
    """
    wanted = {each.username: each for each in members}
    rows = {row.username: row for row in UserRow.batch_get(list(wanted), consistent_read=True)}
    for username, member in wanted.items():
        row = rows.get(username)
        if row is None or row.user_id != member.user_id:
            raise Conflict(f"There is no user {username!r} any longer.")
        if (row.conversations or 0) >= limits.conversations_per_user:
            most = limits.conversations_per_user
            raise Conflict(f"The user {username!r} can be in no more conversations than {most}.")


def _count(writes: TransactWrite, member: Membership, change: int, condition: Condition) -> None:
    writes.update(
        UserRow(member.username),
        actions=[UserRow.conversations.add(change), UserRow.inbox.add(1)],
        condition=condition,
    )
