"""What a transaction requires of the roles in a conversation."""

from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chat.protocol.ids import ConversationId
from chat.protocol.server_conversations import Role
from chat.protocol.server_frames import Person
from chat.storage.memberships import Membership
from chat.storage.tables import ConversationRow, MembershipRow


class Operator(Person, frozen=True):
    """A person from whom no role is required, who need not be a member either."""


def require_role(
    writes: TransactWrite, conversation_id: ConversationId, by: Person | Membership, *roles: Role
) -> None:
    """Within a transaction: it commits only if `by` is a member in one of the roles."""
    if not isinstance(by, Operator):
        writes.condition_check(
            MembershipRow, by.user_id, conversation_id, condition=MembershipRow.role.is_in(*roles)
        )


def are_owners(number: int) -> Condition:
    """Require that a conversation has so many owners; a row without a number has one."""
    owners = ConversationRow.owner_count
    none_counted = owners.does_not_exist()
    are: Condition = (owners == number) | none_counted if number == 1 else owners == number
    return are
