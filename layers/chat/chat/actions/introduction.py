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
from chat.storage.roster import put_entries

type Sessions = dict[UserId, list[Session]]


def put_on_roster(
    conversation_id: ConversationId, members: Sequence[Membership], chat: Chat
) -> Sessions:
    """Put every live connection of the members on the roster.

    To be called once the memberships are stored: a connection that authenticates later than the
    sessions are read here sees its membership itself.
    """
    reads = [partial(sessions_of, each.user_id, chat.now_ms()) for each in members]
    sessions = dict(zip([each.user_id for each in members], together(*reads), strict=True))
    put_entries([conversation_id], [each for mine in sessions.values() for each in mine])
    return sessions


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
