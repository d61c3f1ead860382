"""Whether a connection may do what its frame asks: authenticated, and a member."""

from msgspec import Struct

from chat.actions.chat import Chat
from chat.actions.limits import Charged
from chat.actions.rates import count_a_minute, read_roster_counting, read_roster_of
from chat.protocol.errors import AuthExpired, NotAMember, NotAuthenticated
from chat.protocol.ids import ConnectionId, ConversationId
from chat.storage.connections import Connection, Session, find_connection
from chat.storage.memberships import Membership, find_membership
from chat.storage.roster import Entry, Roster, Spoken
from chat.storage.roster_changes import enter


class Admitted(Struct, frozen=True):
    """A member's connection, and the roster it was found on."""

    entry: Entry
    roster: Roster


def admit(
    what: Spoken, conversation_id: ConversationId, connection_id: ConnectionId, chat: Chat
) -> Admitted:
    """Let what a member's connection sends in, in one round trip where it is on the roster.

    A member's connection that is missing there, because whatever should have put it did not come
    that far, is put there now.

    Raises:
        NotAuthenticated, AuthExpired, NotAMember, RateLimited
    """
    roster, entry = read_roster_counting(what, conversation_id, connection_id, chat)
    if entry is None:
        _put_back(conversation_id, connection_id, chat)
        roster, entry = read_roster_of(what, conversation_id, connection_id, chat)
    if entry is None:
        raise NotAMember
    return Admitted(entry, roster)


def authenticated(connection_id: ConnectionId, chat: Chat) -> Session:
    """Find the session of a connection.

    Raises:
        NotAuthenticated, AuthExpired
    """
    return _session(find_connection(connection_id), chat)


def charged(what: Charged, connection_id: ConnectionId, chat: Chat) -> Session:
    """Find the session of a connection that may do something only so often a minute.

    The count is kept on the connection that is read anyway, so it costs no round trip.

    Raises:
        NotAuthenticated, AuthExpired, RateLimited
    """
    return _session(count_a_minute(what, connection_id, chat), chat)


def member(session: Session, conversation_id: ConversationId) -> Membership:
    """Find the membership of a session's user, without the roster.

    Raises:
        NotAMember
    """
    membership = find_membership(session.user_id, conversation_id)
    if membership is None:
        raise NotAMember
    return membership


def _put_back(conversation_id: ConversationId, connection_id: ConnectionId, chat: Chat) -> None:
    while True:
        session = authenticated(connection_id, chat)
        # If it is renewed meanwhile, its row is put under the new end.
        if enter([member(session, conversation_id)], session):
            return


def _session(connection: Connection | None, chat: Chat) -> Session:
    if connection is None or connection.session is None or connection.session.has_ended:
        raise NotAuthenticated
    if not connection.session.is_live(chat.now_ms()):
        raise AuthExpired
    return connection.session
