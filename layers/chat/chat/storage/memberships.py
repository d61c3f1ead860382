"""Who is a member of what, in which role, and how far each has read."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

from msgspec import Struct
from pynamodb.exceptions import UpdateError

from chat.protocol.ids import ConversationId, UserId, Username
from chat.protocol.server_conversations import NotificationLevel, Role
from chat.storage.database import is_condition_failure, table
from chat.storage.tables import ByConversation, MembershipRow


class Membership(Struct, frozen=True, kw_only=True):
    user_id: UserId
    conversation_id: ConversationId
    username: Username
    role: Role
    joined_at: int
    last_read_seq: int = 0
    muted_until: int = 0
    slow_until: int = 0
    """When the member may send the next message, if the conversation is in slow mode."""
    notify_level: NotificationLevel = "all"
    notify_muted_until: int = 0
    """Until when the member is notified of nothing."""


class Standing(Struct, frozen=True):
    """When a user became a member."""

    user_id: UserId
    joined_at: int


def memberships_of(user_id: UserId) -> Iterator[Membership]:
    """List what a user is a member of, seeing every membership written before this call."""
    return map(_membership, MembershipRow.query(user_id, consistent_read=True))


def find_membership(user_id: UserId, conversation_id: ConversationId) -> Membership | None:
    try:
        row = MembershipRow.get(user_id, conversation_id, consistent_read=True)
    except MembershipRow.DoesNotExist:
        return None
    return _membership(row)


def memberships_among(
    user_id: UserId, conversation_ids: list[ConversationId]
) -> dict[ConversationId, Membership]:
    """Find a user's memberships among up to 100 conversations, in one request."""
    keys = [(user_id, each) for each in conversation_ids]
    rows = MembershipRow.batch_get(keys, consistent_read=True)
    return {ConversationId(row.conversation_id): _membership(row) for row in rows}


def mark_read(user_id: UserId, conversation_id: ConversationId, seq: int) -> bool:
    """Move a member's read mark up to a number; False if it is there or further already."""
    try:
        MembershipRow(user_id, conversation_id).update(
            actions=[MembershipRow.last_read_seq.set(seq)],
            condition=MembershipRow.last_read_seq < seq,
        )
    except UpdateError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def rename_member(user_id: UserId, conversation_id: ConversationId, username: Username) -> None:
    """Show a member under another name, if they still are a member."""
    try:
        MembershipRow(user_id, conversation_id).update(
            actions=[MembershipRow.username.set(username)],
            condition=MembershipRow.user_id.exists(),
        )
    except UpdateError as error:
        if not is_condition_failure(error):
            raise


def memberships_page(user_id: UserId, after: ConversationId | None, limit: int) -> list[Membership]:
    """List memberships of a user in the order of their conversations' ids."""
    rows = MembershipRow.query(
        user_id,
        MembershipRow.conversation_id > after if after else None,
        consistent_read=True,
        limit=limit,
    )
    return [_membership(row) for row in rows]


def members_page(
    conversation_id: ConversationId, after: UserId | None = None, limit: int | None = None
) -> list[Membership]:
    """List members in the order of their ids, each as they are now.

    A member who joined a moment ago may be missing, since the index follows its table; a removed
    member is never listed.
    """
    members: list[Membership] = []
    while True:
        wanted = None if limit is None else limit - len(members)
        listed = _listed(conversation_id, after, wanted)
        found = members_among(conversation_id, listed) if listed else {}
        members += [found[user_id] for user_id in listed if user_id in found]
        if wanted is None or len(listed) < wanted or len(members) == limit:
            return members
        after = listed[-1]


def standing_in(conversation_id: ConversationId) -> list[Standing]:
    """List when each member of a conversation joined: one request for some 10,000 members.

    The list is the index's, which follows its table: members may be missing, and removed ones
    listed.
    """
    standing: list[Standing] = []
    start: dict[str, Any] | None = None
    while True:
        # Without PynamoDB's models, which would take a second of CPU for so many.
        page = table(MembershipRow).query(
            conversation_id,
            index_name=ByConversation.Meta.index_name,
            exclusive_start_key=start,
        )
        standing += [
            Standing(UserId(row["user_id"]["S"]), int(row["joined_at"]["N"]))
            for row in page["Items"]
        ]
        start = page.get("LastEvaluatedKey")
        if not start:
            return standing


def members_among(
    conversation_id: ConversationId, user_ids: Iterable[UserId]
) -> dict[UserId, Membership]:
    """Find which users are members of a conversation, 100 a request."""
    keys = [(each, conversation_id) for each in user_ids]
    rows = MembershipRow.batch_get(keys, consistent_read=True)
    return {UserId(row.user_id): _membership(row) for row in rows}


def _listed(
    conversation_id: ConversationId, after: UserId | None, limit: int | None
) -> list[UserId]:
    rows = MembershipRow.by_conversation.query(
        conversation_id, MembershipRow.user_id > after if after else None, limit=limit
    )
    return [UserId(row.user_id) for row in rows]


def _membership(row: MembershipRow) -> Membership:
    return Membership(
        user_id=UserId(row.user_id),
        conversation_id=ConversationId(row.conversation_id),
        username=Username(row.username),
        role=cast("Role", row.role),
        joined_at=int(row.joined_at),
        last_read_seq=int(row.last_read_seq),
        muted_until=int(row.muted_until or 0),
        slow_until=int(row.slow_until or 0),
        notify_level=cast("NotificationLevel", row.notify_level or "all"),
        notify_muted_until=int(row.notify_muted_until or 0),
    )
