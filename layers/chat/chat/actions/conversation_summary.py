"""A conversation as one of its members sees it."""

from msgspec import structs

from chat.protocol.server_frames import Conversation, Message
from chat.protocol.times import rfc3339
from chat.storage.conversations import ConversationState
from chat.storage.memberships import Membership
from chat.storage.message_pages import summarize

MAX_UNREAD = 100
"""From here on the count is only "at least": clients show 99+."""

PREVIEW_CHARACTERS = 200


def conversation_summary(state: ConversationState, membership: Membership) -> Conversation:
    """Show a conversation to a member, with its newest message cut to a preview.

    Reads messages only where there are any, and none that is newer than the state: so nobody is
    shown more than what there was while they were known to be a member.
    """
    newest: Message | None = None
    unread = 0
    if state.last_seq:
        newest, unread = summarize(
            state.conversation_id,
            state.last_seq,
            membership.user_id,
            membership.last_read_seq,
            MAX_UNREAD,
        )
    return Conversation(
        conversation_id=state.conversation_id,
        kind=state.kind,
        title=state.title,
        role=membership.role,
        last_seq=state.last_seq,
        last_message=newest and _preview(newest),
        last_activity_at=rfc3339(state.last_activity_at),
        last_read_seq=membership.last_read_seq,
        unread_count=unread,
        created_at=rfc3339(state.created_at),
    )


def _preview(message: Message) -> Message:
    return structs.replace(message, content=message.content[:PREVIEW_CHARACTERS])
