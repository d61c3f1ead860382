"""Authorization: a connection must be authenticated, within its rate, and a member's.

A caller of the owner's backend has no connection: IAM has authenticated the backend, rates are of
connections, and the membership is read by itself.
"""

from msgspec import Struct

from chat.actions.limits import MeteredRequest
from chat.actions.rate_limits import (
    consume,
    read_needed_roster,
    read_roster_and_sample,
    read_roster_for,
)
from chat.actions.services import NO_CONNECTION, Caller, Services
from chat.protocol.errors import AuthExpired, NotAMember, NotAuthenticated
from chat.protocol.ids import ConnectionId, ConversationId
from chat.protocol.limits import MAX_JSON_INTEGER
from chat.protocol.server_frames import Person
from chat.storage.connections import Connection, Session, find_connection
from chat.storage.conversations import find_conversation
from chat.storage.database import gather_two
from chat.storage.memberships import Membership, find_membership
from chat.storage.roles import Operator
from chat.storage.roster import Entry, MeteredEvent, Roster
from chat.storage.roster_changes import add_session


class AuthorizedMember(Struct, frozen=True):
    """A member's connection, and the roster it was found on."""

    entry: Entry
    roster: Roster


def authorize_member(
    what: MeteredEvent,
    conversation_id: ConversationId,
    connection_id: ConnectionId,
    services: Services,
) -> AuthorizedMember:
    """Authorize what a member's connection sends, in one round trip if it is on the roster.

    A member's connection that is missing there, because the call that should have put it died, is
    put there now.

    Raises:
        NotAuthenticated, AuthExpired, NotAMember, RateLimited
    """
    if services.caller:
        return _authorize_caller(what, conversation_id, services.caller, services)
    roster, entry = read_roster_and_sample(what, conversation_id, connection_id, services)
    if entry is None:
        _restore_roster_row(conversation_id, connection_id, services)
        roster, entry = read_roster_for(what, conversation_id, connection_id, services)
    if entry is None:
        raise NotAMember
    return AuthorizedMember(entry, roster)


def require_session(connection_id: ConnectionId, services: Services) -> Session:
    """Find the session of a connection.

    Raises:
        NotAuthenticated, AuthExpired
    """
    if services.caller:
        return _session_of(services.caller)
    return _session(find_connection(connection_id), services)


def require_session_within_rate(
    what: MeteredRequest, connection_id: ConnectionId, services: Services
) -> Session:
    """Find the session of a connection, and count what it does against its limit a minute.

    The count is kept on the connection that is read anyway, so it costs no round trip.

    Raises:
        NotAuthenticated, AuthExpired, RateLimited
    """
    if services.caller:
        return _session_of(services.caller)
    return _session(consume(what, connection_id, services), services)


def require_membership(session: Session, conversation_id: ConversationId) -> Membership:
    """Find the membership of a session's user, without the roster.

    An operator has the rights of an owner wherever there is a conversation.

    Raises:
        NotAMember
    """
    if session.is_operator:
        return _owner_by_right(session, conversation_id)
    membership = find_membership(session.user_id, conversation_id)
    if membership is None:
        raise NotAMember
    return membership


def person_of(session: Session) -> Person:
    """Give the person whom a change names as its author."""
    kind = Operator if session.is_operator else Person
    return kind(session.user_id, session.username)


def require_still_member(membership: Membership) -> None:
    """Check a membership again, for a state that may be newer than the first check.

    Raises:
        NotAMember
    """
    if find_membership(membership.user_id, membership.conversation_id) is None:
        raise NotAMember


def require_still_on(roster: Roster, connection_id: ConnectionId, services: Services) -> None:
    """Check that the sender of a frame is a member still, for a roster that was read later.

    Raises:
        NotAMember
    """
    if services.caller:
        require_membership(_session_of(services.caller), roster.conversation_id)
    elif roster.find(connection_id) is None:
        raise NotAMember


def _restore_roster_row(
    conversation_id: ConversationId, connection_id: ConnectionId, services: Services
) -> None:
    while True:
        session = require_session(connection_id, services)
        # If it is renewed meanwhile, its row is put under the new end.
        if add_session([require_membership(session, conversation_id)], session):
            return


def _session(connection: Connection | None, services: Services) -> Session:
    if connection is None or connection.session is None or connection.session.has_ended:
        raise NotAuthenticated
    if not connection.session.is_live(services.now_ms()):
        raise AuthExpired
    return connection.session


def _authorize_caller(
    what: MeteredEvent, conversation_id: ConversationId, caller: Caller, services: Services
) -> AuthorizedMember:
    """Authorize what a backend sends; its user's connections are on the roster as any other's."""
    session = _session_of(caller)
    roster, membership = gather_two(
        lambda: read_needed_roster(what, conversation_id, NO_CONNECTION, services),
        lambda: require_membership(session, conversation_id),
    )
    entry = Entry(
        NO_CONNECTION,
        membership.user_id,
        caller.username,
        muted_until=membership.muted_until,
    )
    return AuthorizedMember(entry, roster)


def _session_of(caller: Caller) -> Session:
    return Session(
        NO_CONNECTION,
        caller.user_id,
        caller.username,
        session_ends_at=MAX_JSON_INTEGER,
        expires_at=MAX_JSON_INTEGER,
        is_operator=caller.is_operator,
    )


def _owner_by_right(session: Session, conversation_id: ConversationId) -> Membership:
    if find_conversation(conversation_id) is None:
        raise NotAMember
    return Membership(
        user_id=session.user_id,
        conversation_id=conversation_id,
        username=session.username,
        role="owner",
        joined_at=0,
    )
