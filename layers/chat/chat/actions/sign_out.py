from chat.actions.admission import authenticated
from chat.actions.chat import Chat
from chat.protocol.client_frames import SignOut
from chat.protocol.encoding import encode
from chat.protocol.ids import ConnectionId
from chat.protocol.server_frames import SignedOut, SignedOutData
from chat.storage.connections import Session, close_session, sessions_of
from chat.storage.memberships import memberships_of
from chat.storage.roster import delete_entries
from chat.storage.users import User, refuse_older_tokens


def sign_out(frame: SignOut, connection_id: ConnectionId, chat: Chat) -> SignedOut:  # noqa: ARG001 -- every frame's shape
    """End every session of the user who asks; the asking connection alone stays open."""
    session = authenticated(connection_id, chat)
    user = User(session.user_id, session.username)
    signed_out = end_sessions(user, "sign_out", chat, asking=session)
    chat.count("SignedOut", 1)
    return signed_out


def end_sessions(user: User, reason: str, chat: Chat, asking: Session | None = None) -> SignedOut:
    """Refuse every token given out so far, and tell and close the user's connections.

    Tokens are refused before the sessions are read, and authenticating looks at the tokens again
    after its session is written: so no session slips through between the two.
    """
    refuse_older_tokens(user.username)
    signed_out = SignedOut(data=SignedOutData(reason))
    sessions = sessions_of(user.user_id, chat.now_ms())
    conversations = [each.conversation_id for each in memberships_of(user.user_id)]
    delete_entries(conversations, [each.connection_id for each in sessions])
    # The asking session ends last: should this stop half-way, its client can ask again.
    others = [each for each in sessions if not _is_same(each, asking)]
    for each in others:
        close_session(each)
    chat.push().push([each.connection_id for each in others], encode(signed_out))
    for each in others:
        chat.push().close_connection(each.connection_id)
    if asking:
        close_session(asking)
        # A frame that it sent meanwhile may have put it on a roster again, and it stays open.
        delete_entries(conversations, [asking.connection_id])
    return signed_out


def _is_same(session: Session, asking: Session | None) -> bool:
    return asking is not None and session.connection_id == asking.connection_id
