"""Whether a connection may do what its frame asks: authenticated, and a member."""

from dataclasses import dataclass

from chat.actions.chat import Chat
from chat.protocol.errors import AuthExpired, NotAMember, NotAuthenticated
from chat.protocol.ids import ConnectionId, ConversationId
from chat.storage.connections import Session, find_connection
from chat.storage.memberships import Membership, find_membership
from chat.storage.roster import Entry, Roster, put_entries, read_roster


@dataclass(frozen=True, slots=True)
class Admitted:
    """A member's connection, and the roster it was found on."""

    entry: Entry
    roster: Roster


def admit(conversation_id: ConversationId, connection_id: ConnectionId, chat: Chat) -> Admitted:
    """Let a member's connection in, in one round trip where it is on the roster.

    A member's connection that is missing there, because whatever should have put it did not come
    that far, is put there now.

    Raises:
        NotAuthenticated, AuthExpired, NotAMember
    """
    roster = read_roster(conversation_id, chat.now_ms())
    entry = roster.find(connection_id)
    if entry is None:
        session, _ = member(conversation_id, connection_id, chat)
        put_entries([conversation_id], [session])
        roster = read_roster(conversation_id, chat.now_ms())
        entry = roster.find(connection_id)
    if entry is None:
        raise NotAMember
    return Admitted(entry, roster)


def authenticated(connection_id: ConnectionId, chat: Chat) -> Session:
    """Find the session of a connection.

    Raises:
        NotAuthenticated, AuthExpired
    """
    connection = find_connection(connection_id)
    if connection is None or connection.session is None:
        raise NotAuthenticated
    if not connection.session.is_live(chat.now_ms()):
        raise AuthExpired
    return connection.session


def member(
    conversation_id: ConversationId, connection_id: ConnectionId, chat: Chat
) -> tuple[Session, Membership]:
    """Find the session of a connection and its user's membership, without the roster.

    Raises:
        NotAuthenticated, AuthExpired, NotAMember
    """
    session = authenticated(connection_id, chat)
    membership = find_membership(session.user_id, conversation_id)
    if membership is None:
        raise NotAMember
    return session, membership
