"""A conversation as one of its members sees it."""

from msgspec import structs

from chat.actions.authorization import require_still_member
from chat.protocol.encoding import rfc3339
from chat.protocol.server_conversations import Conversation, Notifications
from chat.protocol.server_messages import Message
from chat.storage.conversations import ConversationState
from chat.storage.memberships import Membership
from chat.storage.message_pages import LatestMessages, summarize

MAX_UNREAD = 100
"""A count of this many means at least this many: clients show 99+."""

PREVIEW_CHARACTERS = 200


def conversation_summary(state: ConversationState, membership: Membership) -> Conversation:
    """Summarize a conversation for a member, with its newest message cut to a preview.

    Reads messages only if there are any, and none newer than the state: so a member who is removed
    meanwhile sees nothing newer.

    Raises:
        NotAMember: the newest message was changed meanwhile, and the membership is gone.
    """
    latest = LatestMessages(None, 0, 0)
    if state.last_seq:
        latest = summarize(
            state.conversation_id,
            state.last_seq,
            membership.user_id,
            membership.last_read_seq,
            MAX_UNREAD,
        )
    newest = latest.newest
    if newest and newest.newest_version > state.last_seq:
        require_still_member(membership)
    return Conversation(
        conversation_id=state.conversation_id,
        kind=state.kind,
        title=state.title,
        role=membership.role,
        last_seq=state.last_seq,
        last_message=newest and _preview(newest),
        last_activity_at=rfc3339(state.last_activity_at),
        last_read_seq=membership.last_read_seq,
        unread_count=latest.unread,
        mention_count=latest.mentions,
        created_at=rfc3339(state.created_at),
        muted_until=rfc3339(membership.muted_until) if membership.muted_until else None,
        slow_seconds=state.slow_seconds,
        notifications=_notifications(membership),
    )


def _notifications(membership: Membership) -> Notifications | None:
    level, until = membership.notify_level, membership.notify_muted_until
    if level == "all" and not until:
        return None
    return Notifications(level=level, muted_until=rfc3339(until) if until else None)


def _preview(message: Message) -> Message:
    return structs.replace(message, content=message.content[:PREVIEW_CHARACTERS], reactions=None)
