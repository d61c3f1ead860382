"""Bans: users who cannot be added to a conversation.

A ban is a row, which whoever adds users reads, and a tombstone that no membership begins later
than. So a user who is about to be added while the ban is stored is not added either: adding
requires that the new membership begins after the tombstone. The tombstone expires once no function
is left that has read that there was no ban; the row stays.
"""

from collections.abc import Iterable

from msgspec import Struct
from pynamodb.transactions import TransactWrite

from chat.protocol.ids import ConversationId, UserId, Username
from chat.protocol.limits import MAX_JSON_INTEGER
from chat.protocol.server_frames import Person
from chat.storage.changes import Change
from chat.storage.membership_limits import count_out
from chat.storage.memberships import Membership
from chat.storage.moderation import above, is_as_read
from chat.storage.numbered_changes import Rejected, is_older, store_change
from chat.storage.roles import require_role
from chat.storage.roster_changes import put_tombstone
from chat.storage.tables import BanRow, ConversationRow, MembershipRow

BANNED = MAX_JSON_INTEGER
"""As the beginning of the membership that a tombstone ends: no membership begins later."""


class BannedUser(Struct, frozen=True, kw_only=True):
    user: Person
    by: Person
    banned_at: int
    joined_at: int = 0
    """When the membership that the ban ended began; 0 if it ended none."""


def find_ban(conversation_id: ConversationId, user_id: UserId) -> BannedUser | None:
    try:
        row = BanRow.get(conversation_id, user_id, consistent_read=True)
    except BanRow.DoesNotExist:
        return None
    return _banned(row)


def banned_among(conversation_id: ConversationId, user_ids: Iterable[UserId]) -> set[UserId]:
    """Find which of up to 100 users are banned from a conversation, in one request."""
    keys = [(conversation_id, each) for each in user_ids]
    return {UserId(row.user_id) for row in BanRow.batch_get(keys, consistent_read=True)}


def bans_page(
    conversation_id: ConversationId, after: UserId | None, limit: int | None
) -> list[BannedUser]:
    """List who is banned from a conversation, in the order of their ids."""
    later = BanRow.user_id > after if after else None
    rows = BanRow.query(conversation_id, later, consistent_read=True, limit=limit)
    return list(map(_banned, rows))


def ban_user(change: Change, member: Membership | None) -> int | Rejected:
    """Ban the user whom a change names, and end the membership if there is one.

    The member is no owner. It is rejected if the member has gone or has another role than was read,
    if the user is a member though none was read, if `by` does not rank above that role, or if there
    is a ban.

    Raises:
        NotAMember, SequenceExhausted: as `store_change` does.
    """
    conversation_id, [user] = change.conversation_id, change.members

    def write(writes: TransactWrite, seq: int) -> None:
        role = member.role if member else "member"
        require_role(writes, conversation_id, change.by, *above(role))
        if member:
            _end_membership(writes, member, seq)
        else:
            no_member = MembershipRow.user_id.does_not_exist()
            writes.condition_check(MembershipRow, user.user_id, conversation_id, no_member)
        put_tombstone(writes, _until_unbanned(change, BANNED), change.at)
        writes.save(
            BanRow(
                conversation_id,
                user.user_id,
                username=user.username,
                banned_at=change.at,
                by_user_id=change.by.user_id,
                by_username=change.by.username,
                joined_at=member.joined_at if member else 0,
            ),
            condition=BanRow.user_id.does_not_exist(),
        )

    return store_change(change, write)


def unban_user(change: Change, ban: BannedUser) -> int | Rejected:
    """Let the user whom a change names be added again; no row of an earlier membership counts.

    It is rejected if there is no ban, or `by` is neither owner nor moderator.

    Raises:
        NotAMember, SequenceExhausted: as `store_change` does.
    """

    def write(writes: TransactWrite, _seq: int) -> None:
        require_role(writes, change.conversation_id, change.by, *above("member"))
        writes.delete(
            BanRow(change.conversation_id, ban.user.user_id), condition=BanRow.user_id.exists()
        )
        ended_before = max(change.at, ban.joined_at)
        put_tombstone(writes, _until_unbanned(change, ended_before), change.at)

    return store_change(change, write)


def _end_membership(writes: TransactWrite, member: Membership, seq: int) -> None:
    writes.delete(
        MembershipRow(member.user_id, member.conversation_id),
        condition=is_as_read(member) & is_older(MembershipRow.role_version, seq),
    )
    count_out(writes, member)
    members = ConversationRow.member_count
    writes.update(
        ConversationRow(member.conversation_id),
        actions=[members.add(-1)],
        condition=members > 1,
    )


def _until_unbanned(change: Change, joined_at: int) -> Membership:
    [user] = change.members
    return Membership(
        user_id=user.user_id,
        conversation_id=change.conversation_id,
        username=user.username,
        role="member",
        joined_at=joined_at,
    )


def _banned(row: BanRow) -> BannedUser:
    return BannedUser(
        user=Person(UserId(row.user_id), Username(row.username)),
        by=Person(UserId(row.by_user_id or ""), Username(row.by_username or "")),
        banned_at=int(row.banned_at),
        joined_at=int(row.joined_at),
    )
