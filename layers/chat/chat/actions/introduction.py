"""Bringing members to a conversation: their live connections onto its roster, and it to them."""

from collections.abc import Sequence
from functools import partial

from chat.actions.chat import Chat
from chat.actions.conversation_view import view
from chat.actions.delivery import deliver
from chat.protocol.ids import ConnectionId, ConversationId, UserId
from chat.protocol.server_frames import ConversationCreated
from chat.storage.connections import Session, sessions_of
from chat.storage.conversations import ConversationState
from chat.storage.database import together
from chat.storage.memberships import Membership
from chat.storage.roster import enter

type Sessions = dict[UserId, list[Session]]

ATTEMPTS = 3


def put_on_roster(
    conversation_id: ConversationId,
    user_ids: Sequence[UserId],
    chat: Chat,
    there: Sessions | None = None,
) -> Sessions:
    """Put every live connection of the members on the roster, but for those that are `there`.

    To be called once the memberships are stored: a connection that authenticates later than the
    sessions are read here sees its membership itself.
    """
    known = there or {}
    enters = [
        partial(_enter, conversation_id, each, known.get(each, []), chat) for each in user_ids
    ]
    return dict(zip(user_ids, together(*enters), strict=True))


def _enter(
    conversation_id: ConversationId, user_id: UserId, there: Sequence[Session], chat: Chat
) -> list[Session]:
    """Put a user's connections on the roster; the sessions that are then there."""
    for _ in range(ATTEMPTS):
        sessions = sessions_of(user_id, chat.now_ms())
        missing = [each for each in sessions if each not in there]
        entered = together(*(partial(enter, [conversation_id], each) for each in missing))
        # A session that was renewed just now is to be found under its new end.
        if all(entered):
            return sessions
    ended = [each for each, is_there in zip(missing, entered, strict=True) if not is_there]
    return [each for each in sessions if each not in ended]


def introduce(
    state: ConversationState,
    members: Sequence[Membership],
    sessions: Sessions,
    asking: ConnectionId,
    chat: Chat,
) -> None:
    """Push the conversation, as each member sees it, to every connection but the asking one."""
    for each in members:
        connections = [s.connection_id for s in sessions[each.user_id] if s.connection_id != asking]
        if connections:
            created = ConversationCreated(data=view(state, each))
            deliver(created, state.conversation_id, connections, chat)
