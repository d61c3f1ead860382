from collections.abc import Callable
from functools import partial

from msgspec import UnsetType

from chat.actions.authorization import require_session_within_rate
from chat.actions.conversation_summary import conversation_summary
from chat.actions.paging import fitting, next_cursor
from chat.actions.services import Services
from chat.protocol.conversation_frames import ListConversations
from chat.protocol.errors import NotAMember
from chat.protocol.ids import ConnectionId, ConversationId, UserId
from chat.protocol.server_conversations import Conversation, Conversations, ConversationsData
from chat.storage.conversations import ConversationState, find_conversations
from chat.storage.database import gather
from chat.storage.memberships import Membership, memberships_among, memberships_page

LISTING = "conversations"


type ReadMemberships = Callable[[], list[Membership]]


def list_conversations(
    frame: ListConversations, connection_id: ConnectionId, services: Services
) -> Conversations:
    """List the user's conversations, a page at a time, latest activity first within a page.

    If the frame names conversations, the page has those of them that the user is in. What does not
    fit the page is left out.
    """
    session = require_session_within_rate("lists", connection_id, services)
    if not isinstance(frame.data.conversation_ids, UnsetType):
        ids = list(dict.fromkeys(frame.data.conversation_ids))
        _, summaries = _summarized(partial(_named, session.user_id, ids))
        return _reply(fitting(summaries))
    cursor, limit = frame.data.cursor, frame.data.limit
    after = None
    if not isinstance(cursor, UnsetType):
        after = ConversationId(services.cursors().open(session.user_id, LISTING, cursor))
    page, summaries = _summarized(lambda: memberships_page(session.user_id, after, limit))
    items = fitting(summaries)
    next_one = next_cursor(
        page,
        len(items),
        limit,
        lambda last: services.cursors().seal(session.user_id, LISTING, last.conversation_id),
    )
    return _reply(items, next_one)


def _named(user_id: UserId, ids: list[ConversationId]) -> list[Membership]:
    found = memberships_among(user_id, ids)
    return [found[each] for each in ids if each in found]


def _reply(items: list[Conversation], cursor: str | None = None) -> Conversations:
    items.sort(key=lambda item: item.last_activity_at, reverse=True)
    return Conversations(data=ConversationsData(items, cursor))


def _summarized(read: ReadMemberships) -> tuple[list[Membership], list[Conversation]]:
    """Read memberships, and summarize the conversations for them."""
    while True:
        page, states = _seen_as_member(read)
        summarize = (
            partial(conversation_summary, states[each.conversation_id], each) for each in page
        )
        try:
            return page, gather(*summarize)
        except NotAMember:
            continue  # one of them has just ended


def _seen_as_member(
    read: ReadMemberships,
) -> tuple[list[Membership], dict[ConversationId, ConversationState]]:
    """Read memberships, and the conversations' states of before they were known to hold.

    So a member who is removed meanwhile sees nothing that is sent afterwards.
    """
    page = read()
    while page:
        ids = [each.conversation_id for each in page]
        states = find_conversations(ids)
        page = read()
        if ids == [each.conversation_id for each in page]:
            return page, states
    return [], {}
