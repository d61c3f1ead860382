"""Joining: put members' live connections on the roster, and push them the conversation."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from chat.actions.broadcast import broadcast
from chat.actions.conversation_summary import conversation_summary
from chat.actions.services import Services
from chat.protocol.errors import Conflict, NotAMember
from chat.protocol.ids import ConnectionId, UserId
from chat.protocol.server_conversations import ConversationCreated
from chat.storage.connections import Session, sessions_of
from chat.storage.conversations import ConversationState, find_conversation
from chat.storage.database import gather, gather_two
from chat.storage.membership_changes import Insertion, insert_conversation, room_for_sessions
from chat.storage.memberships import Membership
from chat.storage.roster_changes import add_session

type Sessions = dict[UserId, list[Session]]

ATTEMPTS = 3


def create(
    state: ConversationState, members: Sequence[Membership], services: Services
) -> Sessions | None:
    """Create a conversation and put every live connection of its members on the roster.

    As many connections as one transaction takes are put there together with the conversation, so
    they are on the roster even if this call dies. Returns None if there is a conversation of this
    id.

    Raises:
        Conflict: it would have too many members, or one of them has no room for it.
    """
    for _ in range(ATTEMPTS):
        is_there, live = gather_two(
            lambda: state.kind == "direct" and find_conversation(state.conversation_id),
            lambda: gather(
                *(partial(sessions_of, each.user_id, services.now_ms()) for each in members)
            ),
        )
        if is_there:
            return None
        sessions = [each for of_one in live for each in of_one]
        there = sessions[: room_for_sessions(len(members))]
        match insert_conversation(state, members, services.limits, there):
            case Insertion.DONE:
                return add_to_roster(members, services, there)
            case Insertion.EXISTS:
                return None
    raise Conflict("Sessions of the members begin and end too quickly. Try again.")


def add_to_roster(
    members: Sequence[Membership], services: Services, there: Sequence[Session] = ()
) -> Sessions:
    """Put every live connection of the members on the roster, except those that are `there`.

    Call it once the memberships are stored: a connection that authenticates after the sessions are
    read here reads its membership itself.
    """
    enters = [partial(_add_sessions, each, there, services) for each in members]
    user_ids = [each.user_id for each in members]
    return dict(zip(user_ids, gather(*enters), strict=True))


def _add_sessions(
    membership: Membership, there: Sequence[Session], services: Services
) -> list[Session]:
    """Put a member's connections on the roster; return the sessions that are on it then."""
    for _ in range(ATTEMPTS):
        sessions = sessions_of(membership.user_id, services.now_ms())
        missing = [each for each in sessions if each not in there]
        entered = gather(*(partial(add_session, [membership], each) for each in missing))
        # A session that was renewed meanwhile is found under its new end.
        if all(entered):
            return sessions
    ended = [each for each, is_there in zip(missing, entered, strict=True) if not is_there]
    return [each for each in sessions if each not in ended]


def notify_created(
    state: ConversationState,
    members: Sequence[Membership],
    sessions: Sessions,
    asking: ConnectionId | None,
    services: Services,
) -> None:
    """Push the conversation, as each member sees it, to every connection but the asking one."""
    for each in members:
        connections = [s.connection_id for s in sessions[each.user_id] if s.connection_id != asking]
        if connections:
            # A member who is removed meanwhile needs to see nothing.
            with suppress(NotAMember):
                created = ConversationCreated(data=conversation_summary(state, each))
                broadcast(created, state.conversation_id, connections, services)
