"""The changes of a conversation itself: its title, its pins, the roles in it."""

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import size
from pynamodb.transactions import TransactWrite

from chat.protocol.ids import ConversationId
from chat.protocol.server_conversations import Role
from chat.storage.changes import Change
from chat.storage.database import is_condition_failure
from chat.storage.memberships import Membership
from chat.storage.numbered_changes import Rejected, is_older, store_change
from chat.storage.roles import are_owners, require_role
from chat.storage.tables import ConversationRow, MembershipRow, MessageRow

MAX_PINS = 50


def rename_conversation(change: Change, title: str) -> int | Rejected:
    """Give a conversation another title, unless a later title is stored.

    Raises:
        NotAMember, SequenceExhausted: as `store_change` does.
    """

    def write(writes: TransactWrite, seq: int) -> None:
        _require_leader(writes, change)
        version = ConversationRow.title_version
        writes.update(
            ConversationRow(change.conversation_id),
            actions=[ConversationRow.title.set(title), version.set(seq)],
            condition=(ConversationRow.kind == "group") & is_older(version, seq),
        )

    return store_change(change, write)


def pin_message(change: Change, *, is_direct: bool) -> int | Rejected:
    """Pin a message that is stored and not deleted; a conversation has 50 pins at most.

    It is rejected, too, if another pin came or went under a higher number.

    Raises:
        NotAMember, SequenceExhausted: as `store_change` does.
    """

    def write(writes: TransactWrite, seq: int) -> None:
        _require_leader(writes, change, is_direct=is_direct)
        writes.condition_check(
            MessageRow,
            change.conversation_id,
            change.message_seq,
            condition=MessageRow.user_id.exists() & MessageRow.deleted_at.does_not_exist(),
        )
        pins, version = ConversationRow.pins, ConversationRow.pins_version
        has_room = pins.does_not_exist() | (size(pins) < MAX_PINS)  # type: ignore[no-untyped-call]  # PynamoDB's
        writes.update(
            ConversationRow(change.conversation_id),
            actions=[pins.add({change.message_seq}), version.set(seq)],
            condition=has_room & is_older(version, seq),
        )

    return store_change(change, write)


def unpin_message(change: Change, *, is_direct: bool) -> int | Rejected:
    """Take the pin of a message away; rejected as pinning is.

    Raises:
        NotAMember, SequenceExhausted: as `store_change` does.
    """

    def write(writes: TransactWrite, seq: int) -> None:
        _require_leader(writes, change, is_direct=is_direct)
        pins, version = ConversationRow.pins, ConversationRow.pins_version
        writes.update(
            ConversationRow(change.conversation_id),
            actions=[pins.delete({change.message_seq}), version.set(seq)],
            condition=pins.contains(change.message_seq) & is_older(version, seq),
        )

    return store_change(change, write)


def forget_pins(conversation_id: ConversationId, seqs: frozenset[int]) -> None:
    """Take the pins of deleted messages away, which nobody sees any more."""
    try:
        ConversationRow(conversation_id).update(
            actions=[ConversationRow.pins.delete(set(seqs))],
            condition=ConversationRow.conversation_id.exists(),
        )
    except UpdateError as error:
        if not is_condition_failure(error):
            raise


def change_role(change: Change, member: Membership, role: Role, owners: int) -> int | Rejected:
    """Give a member another role, if member and number of owners are as they were read.

    It is rejected, too, if the member got a role under a higher number.

    Raises:
        NotAMember, SequenceExhausted: as `store_change` does.
    """
    added = (role == "owner") - (member.role == "owner")

    def write(writes: TransactWrite, seq: int) -> None:
        if change.by.user_id != member.user_id:
            require_role(writes, change.conversation_id, change.by, "owner")
        writes.update(
            MembershipRow(member.user_id, change.conversation_id),
            actions=[MembershipRow.role.set(role), MembershipRow.role_version.set(seq)],
            condition=(MembershipRow.role == member.role)
            & (MembershipRow.joined_at == member.joined_at)
            & is_older(MembershipRow.role_version, seq),
        )
        if added:
            writes.update(
                ConversationRow(change.conversation_id),
                actions=[ConversationRow.owner_count.set(owners + added)],
                condition=are_owners(owners),
            )

    return store_change(change, write)


def _require_leader(writes: TransactWrite, change: Change, *, is_direct: bool = False) -> None:
    roles = ("owner", "moderator", "member") if is_direct else ("owner", "moderator")
    require_role(writes, change.conversation_id, change.by, *roles)
