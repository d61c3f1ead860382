from chat.actions.admission import authenticated
from chat.actions.chat import Chat
from chat.protocol.client_frames import SignOut
from chat.protocol.encoding import encode
from chat.protocol.ids import ConnectionId
from chat.protocol.server_frames import SignedOut, SignedOutData
from chat.storage.connections import (
    Session,
    end_latest_session,
    find_connection,
    release_connection,
    sessions_of,
)
from chat.storage.memberships import memberships_of
from chat.storage.roster import delete_entries_of
from chat.storage.users import User, refuse_older_tokens


def sign_out(frame: SignOut, connection_id: ConnectionId, chat: Chat) -> SignedOut:  # noqa: ARG001 -- every frame's shape
    """End every session of the user who asks; the asking connection alone stays open."""
    session = _asking(connection_id, chat)
    user = User(session.user_id, session.username)
    signed_out = end_sessions(user, "sign_out", chat, asking=session)
    chat.count("SignedOut", 1)
    return signed_out


def end_sessions(user: User, reason: str, chat: Chat, asking: Session | None = None) -> SignedOut:
    """Refuse every token given out so far, and tell and close the user's connections.

    Tokens are refused before the sessions are read, and authenticating looks at the tokens again
    after its session is written: so no session slips through between the two. Sessions end before
    the memberships are read, and a row is put on a roster only while its session lasts: so nobody
    who adds the user meanwhile puts back what is taken off here.
    """
    refuse_older_tokens(user.username)
    signed_out = SignedOut(data=SignedOutData(reason))
    others = [s for s in sessions_of(user.user_id, chat.now_ms()) if not _is_same(s, asking)]
    # Told and closed first, and the asking one released last: should this stop half-way, it can be
    # asked for again, and finds whatever is left to do.
    chat.push().push([each.connection_id for each in others], encode(signed_out))
    for each in others:
        chat.push().close_connection(each.connection_id)
    ended = [end_latest_session(each) for each in (*others, *([asking] if asking else []))]
    conversations = [each.conversation_id for each in memberships_of(user.user_id)]
    for each in ended:
        delete_entries_of(each, conversations)
        release_connection(each)
    return signed_out


def _asking(connection_id: ConnectionId, chat: Chat) -> Session:
    """Find the session that is to end, or that a sign-out which stopped half-way has ended.

    Raises:
        NotAuthenticated, AuthExpired
    """
    connection = find_connection(connection_id)
    if connection and connection.session and connection.session.has_ended:
        return connection.session
    return authenticated(connection_id, chat)


def _is_same(session: Session, asking: Session | None) -> bool:
    return asking is not None and session.connection_id == asking.connection_id
