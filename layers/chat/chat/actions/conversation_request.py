"""A member's request to change a conversation: what is read for it, and who hears of the change."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from chat.actions.authorization import (
    person_of,
    require_membership,
    require_session_within_rate,
)
from chat.actions.broadcast import broadcast_to_room, is_batched
from chat.actions.services import Services
from chat.protocol.errors import Conflict, Forbidden, NotAMember
from chat.protocol.ids import ConnectionId, ConversationId
from chat.protocol.server_conversations import ConversationChanged
from chat.protocol.server_frames import Person
from chat.storage.changes import Change, ChangeKind
from chat.storage.connections import Session
from chat.storage.conversations import ConversationState, find_conversation
from chat.storage.database import gather
from chat.storage.memberships import Membership
from chat.storage.roster import Roster, read_roster

ATTEMPTS = 5


class Request(Struct, frozen=True):
    """A member's request to change a conversation, and what was read for it."""

    session: Session
    own: Membership
    state: ConversationState
    roster: Roster
    now_ms: int
    is_batched: bool
    """Whether the change is pushed by the next wake."""

    def change(
        self,
        kind: ChangeKind,
        message_seq: int = 0,
        member: Person | Membership | None = None,
        **more: Any,  # noqa: ANN401 -- the fields of a change, each of its own type
    ) -> Change:
        return Change(
            conversation_id=self.state.conversation_id,
            kind=kind,
            by=person_of(self.session),
            at=self.now_ms,
            message_seq=message_seq,
            members=[Person(member.user_id, member.username)] if member else [],
            connection_id=self.session.connection_id if self.is_batched else None,
            **more,
        )


def admit(
    conversation_id: ConversationId, connection_id: ConnectionId, services: Services
) -> Request:
    """Let a member's request in, within the rate of changes.

    Raises:
        NotAuthenticated, AuthExpired, NotAMember, RateLimited
    """
    session = require_session_within_rate("changes", connection_id, services)
    return read_request(session, conversation_id, services)


def read_request(session: Session, conversation_id: ConversationId, services: Services) -> Request:
    """Read what a request is decided by, as it is now.

    Raises:
        NotAMember
    """
    now_ms = services.now_ms()
    read: list[Callable[[], object]] = [
        lambda: require_membership(session, conversation_id),
        lambda: get_state(conversation_id),
        lambda: read_roster(conversation_id, now_ms),
    ]
    own, state, roster = gather(*read)
    assert isinstance(own, Membership)  # noqa: S101 -- for the type checker
    assert isinstance(state, ConversationState)  # noqa: S101 -- as above
    assert isinstance(roster, Roster)  # noqa: S101 -- as above
    return Request(session, own, state, roster, now_ms, is_batched(roster, services))


def get_state(conversation_id: ConversationId) -> ConversationState:
    """Read a conversation.

    Raises:
        NotAMember: there is none of this id.
    """
    state = find_conversation(conversation_id)
    if state is None:
        raise NotAMember
    return state


def require_leader(request: Request) -> None:
    """Check that a request is an owner's or a moderator's.

    Raises:
        Forbidden
    """
    if request.own.role == "member":
        raise Forbidden("Only an owner or a moderator may do this.")


def require_leader_now(request: Request) -> None:
    """Say why a transaction was rejected, if it was for the sender's role.

    Raises:
        NotAMember, Forbidden
    """
    own = require_membership(request.session, request.state.conversation_id)
    if own.role == "member" and request.state.kind == "group":
        raise Forbidden("Only an owner or a moderator may do this.")


def too_quick() -> Conflict:
    return Conflict("The conversation is changing too quickly. Try again.")


def announce(
    changed: ConversationChanged, request: Request, services: Services
) -> ConversationChanged:
    """Push a change to every live connection but the asking one; return it as the reply."""
    asking, seq = request.session.connection_id, changed.data.seq
    broadcast_to_room(changed, seq, request.roster, asking, services)
    return changed
