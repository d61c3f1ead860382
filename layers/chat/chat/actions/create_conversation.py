import hashlib
from collections.abc import Sequence

from msgspec import UNSET

from chat.actions.authorization import require_session_within_rate
from chat.actions.conversation_summary import conversation_summary
from chat.actions.conversation_title import displayable_title
from chat.actions.joining import add_to_roster, create, notify_created
from chat.actions.services import Services
from chat.actions.user_lookup import resolve_usernames
from chat.protocol.conversation_frames import CreateConversation
from chat.protocol.errors import BadRequest, NotAMember
from chat.protocol.ids import ConnectionId, ConversationId, UserId
from chat.protocol.server_conversations import ConversationCreated, Kind, Role
from chat.storage.conversations import ConversationState, find_conversation
from chat.storage.memberships import Membership, members_among
from chat.storage.users import User


def create_conversation(
    frame: CreateConversation, connection_id: ConnectionId, services: Services
) -> ConversationCreated:
    """Create a conversation and push it to every live connection of its members.

    A direct conversation that exists already is the reply as it is, and nothing is pushed.
    """
    session = require_session_within_rate("changes", connection_id, services)
    creator = User(session.user_id, session.username)
    others = [u for u in resolve_usernames(frame.data.members, "data.members") if u != creator]
    state, members = open_conversation(
        _state(frame, creator, others, services), [creator, *others], connection_id, services
    )
    own = next((each for each in members if each.user_id == creator.user_id), None)
    if own is None:
        raise NotAMember
    return ConversationCreated(data=conversation_summary(state, own))


def new_group(title: str | None, services: Services) -> ConversationState:
    """Give the state of a group that is still to be created.

    Raises:
        BadRequest: the title is too long, has controls, or shows nothing.
    """
    displayed = None if title is None else displayable_title(title)
    return _new(ConversationId(services.new_id()), "group", displayed, services)


def open_conversation(
    state: ConversationState, users: Sequence[User], asking: ConnectionId | None, services: Services
) -> tuple[ConversationState, list[Membership]]:
    """Create a conversation, and push it to the live connections of its members but the asking one.

    The first of up to 49 users becomes the owner. Returns the conversation and its members. If a
    conversation of this id exists already, returns it as it is, with those of the users who are
    members, and pushes nothing.

    Raises:
        Conflict: it would have too many members, or one of them too many conversations.
    """
    owner, *others = users
    members = [_member(owner, state, "owner"), *(_member(each, state, "member") for each in others)]
    sessions = create(state, members, services)
    if sessions is not None:
        notify_created(state, members, sessions, asking, services)
        return state, members
    state, members = _as_it_is(state, members)
    # An earlier call may have died before all connections of the members were on the roster.
    add_to_roster(members, services)
    return state, members


def _state(
    frame: CreateConversation, creator: User, others: Sequence[User], services: Services
) -> ConversationState:
    if frame.data.kind == "group":
        return new_group(None if frame.data.title is UNSET else frame.data.title, services)
    if len(others) != 1:
        raise BadRequest("A direct conversation is with one other person.", "data.members")
    if frame.data.title is not UNSET:
        raise BadRequest("A direct conversation has no title.", "data.title")
    return _new(
        direct_conversation_id(creator.user_id, others[0].user_id), "direct", None, services
    )


def _new(
    conversation_id: ConversationId, kind: Kind, title: str | None, services: Services
) -> ConversationState:
    now_ms = services.now_ms()
    return ConversationState(
        conversation_id=conversation_id,
        kind=kind,
        title=title,
        created_at=now_ms,
        last_activity_at=now_ms,
    )


def direct_conversation_id(one: UserId, other: UserId) -> ConversationId:
    """Name the direct conversation of two users, the same for both."""
    pair = "\0".join(sorted([one, other]))
    return ConversationId(f"direct-{hashlib.sha256(pair.encode()).hexdigest()[:32]}")


def _member(user: User, state: ConversationState, role: Role) -> Membership:
    return Membership(
        user_id=user.user_id,
        conversation_id=state.conversation_id,
        username=user.username,
        role=role,
        joined_at=state.created_at,
    )


def _as_it_is(
    state: ConversationState, members: Sequence[Membership]
) -> tuple[ConversationState, list[Membership]]:
    """Read what an earlier call created, and who of the members is one still."""
    found = members_among(state.conversation_id, [each.user_id for each in members])
    return find_conversation(state.conversation_id) or state, list(found.values())
