from collections.abc import Iterator
from itertools import islice

from msgspec import UnsetType

from chat.actions.authorization import require_membership, require_session_within_rate
from chat.actions.message_content import compose_reaction
from chat.actions.paging import fitting, next_cursor
from chat.actions.services import Services
from chat.protocol.errors import NotAMember
from chat.protocol.ids import ConnectionId, ConversationId, UserId, find_message_key
from chat.protocol.message_frames import ListReactions
from chat.protocol.server_messages import ReactionsOfUser, ReactionsPage, ReactionsPageData
from chat.storage.messages import find_message
from chat.storage.reactions import MAX_REACTIONS_OF_USER, ReactionGiven, reactions_by_user


def list_reactions(
    frame: ListReactions, connection_id: ConnectionId, services: Services
) -> ReactionsPage:
    """List who reacted to a message, a page at a time; with `reaction`, who gave that one.

    The membership is checked last, so that a member who is removed meanwhile learns nothing newer.
    """
    session = require_session_within_rate("lists", connection_id, services)
    key = find_message_key(frame.message_id)
    if key is None:
        raise NotAMember
    listing = f"reactions {frame.message_id}"
    cursor, limit = frame.data.cursor, frame.data.limit
    after = None
    if not isinstance(cursor, UnsetType):
        after = UserId(services.cursors().open(session.user_id, listing, cursor))
    page = list(islice(_users(frame, *key, after), limit))
    message = find_message(*key)
    require_membership(session, key[0])
    if message is None:
        raise NotAMember
    # A reaction that crossed the deletion may still be on its way out.
    items = [] if message.deleted_at else fitting(page)
    next_one = next_cursor(
        page,
        len(items),
        limit,
        lambda last: services.cursors().seal(session.user_id, listing, last.user_id),
    )
    return ReactionsPage(data=ReactionsPageData(frame.message_id, items, next_one))


def _users(
    frame: ListReactions, conversation_id: ConversationId, seq: int, after: UserId | None
) -> Iterator[ReactionsOfUser]:
    wanted = frame.data.reaction
    kind = None if isinstance(wanted, UnsetType) else compose_reaction(wanted)
    page_size = frame.data.limit * MAX_REACTIONS_OF_USER + 1
    for given in reactions_by_user(conversation_id, seq, after, page_size):
        if kind is None or kind in {each.reaction for each in given}:
            yield _of_user(given)


def _of_user(given: list[ReactionGiven]) -> ReactionsOfUser:
    by = given[0].by
    in_order = sorted(given, key=lambda each: each.reacted_at)
    return ReactionsOfUser(by.user_id, by.username, [each.reaction for each in in_order])
