"""Mutes and slow mode: who may not send now, and until when.

Both are marks on the roster, which every message reads anyway.
"""

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chat.protocol.ids import ClientMessageId, ConversationId, UserId
from chat.protocol.server_conversations import Role
from chat.storage.changes import Change
from chat.storage.database import is_condition_failure
from chat.storage.memberships import Membership
from chat.storage.numbered_changes import Rejected, is_older, store_change
from chat.storage.roles import require_role
from chat.storage.roster_changes import put_mute, put_slow_mode
from chat.storage.tables import ConversationRow, MembershipRow


def mute_member(change: Change, member: Membership, until_ms: int) -> int | Rejected:
    """Mute a member until a time, or no longer if that has passed.

    It is rejected if the member has gone or has another role than was read, if `by` does not rank
    above that role, or if the member was muted under a higher number.

    Raises:
        NotAMember, SequenceExhausted: as `store_change` does.
    """
    until = MembershipRow.muted_until

    def write(writes: TransactWrite, seq: int) -> None:
        require_role(writes, change.conversation_id, change.by, *above(member.role))
        writes.update(
            MembershipRow(member.user_id, change.conversation_id),
            actions=[
                until.set(until_ms) if until_ms > change.at else until.remove(),
                MembershipRow.muted_version.set(seq),
            ],
            condition=is_as_read(member) & is_older(MembershipRow.muted_version, seq),
        )
        put_mute(writes, member, until_ms, change.at)

    return store_change(change, write)


def set_slow_mode(change: Change, slow_seconds: int) -> int | Rejected:
    """Set how long members wait between two messages, unless that was set under a higher number.

    Raises:
        NotAMember, SequenceExhausted: as `store_change` does.
    """
    seconds, version = ConversationRow.slow_seconds, ConversationRow.slow_version

    def write(writes: TransactWrite, seq: int) -> None:
        require_role(writes, change.conversation_id, change.by, *above("member"))
        writes.update(
            ConversationRow(change.conversation_id),
            actions=[
                seconds.set(slow_seconds) if slow_seconds else seconds.remove(),
                version.set(seq),
            ],
            condition=(ConversationRow.kind == "group") & is_older(version, seq),
        )
        put_slow_mode(writes, change.conversation_id, slow_seconds)

    return store_change(change, write)


def take_turn(
    user_id: UserId,
    conversation_id: ConversationId,
    client_message_id: ClientMessageId | None,
    now_ms: int,
    slow_seconds: int,
) -> bool:
    """Let a member of a conversation in slow mode send a message; False if it is too early.

    Owners and moderators never wait, and nobody does to send the last message again. However many
    connections of a member ask at once, one of them may send.
    """
    row, until = MembershipRow(user_id, conversation_id), MembershipRow.slow_until
    waits_no_longer = until.does_not_exist() | (until <= now_ms)
    may_send: Condition = waits_no_longer | MembershipRow.role.is_in(*above("member"))
    sends = MembershipRow.slow_for
    if client_message_id:
        may_send |= sends == client_message_id
    try:
        row.update(
            actions=[
                until.set(now_ms + slow_seconds * 1000),
                sends.set(client_message_id) if client_message_id else sends.remove(),
            ],
            condition=MembershipRow.user_id.exists() & may_send,
        )
    except UpdateError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def above(role: Role) -> tuple[Role, ...]:
    """Name the roles that rank above one, none above an owner."""
    ranks: tuple[Role, ...] = ("member", "moderator", "owner")
    return ranks[ranks.index(role) + 1 :]


def is_as_read(member: Membership) -> Condition:
    """Require that a membership is the one that was read, in the same role."""
    condition: Condition = (MembershipRow.role == member.role) & (
        MembershipRow.joined_at == member.joined_at
    )
    return condition
