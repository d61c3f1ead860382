from dataclasses import dataclass

from msgspec import UnsetType

from chat.actions.chat import Chat
from chat.auth.passwords import NOBODYS_HASH, hash_password, is_password, needs_renewal
from chat.auth.tokens import Claims
from chat.protocol.client_frames import Authenticate
from chat.protocol.errors import (
    AlreadyAuthenticated,
    AuthTimeout,
    BadRequest,
    InvalidCredentials,
    InvalidToken,
)
from chat.protocol.ids import ConnectionId, Username
from chat.protocol.server_frames import AuthSuccess, AuthSuccessData
from chat.protocol.times import rfc3339
from chat.storage.connections import Session, close_session, find_connection, open_session
from chat.storage.database import both
from chat.storage.memberships import memberships_of
from chat.storage.roster import put_entries
from chat.storage.users import Credential, User, find_credential, replace_password_hash


@dataclass(frozen=True, slots=True)
class _Proven:
    """Who somebody has shown to be, and of which generation the tokens are that they may get."""

    user: User
    token_generation: int


def authenticate(frame: Authenticate, connection_id: ConnectionId, chat: Chat) -> AuthSuccess:
    """Make a connection a user's, and put it on the roster of every conversation of theirs.

    Connection and session are written before the memberships are read, so that whoever adds this
    user meanwhile either is seen here or sees the session.
    """
    proven = _prove(frame, chat)
    now_ms = chat.now_ms()
    ends_at = (now_ms // 1000 + chat.limits.session_seconds) * 1000
    session = _open_session(connection_id, proven.user, ends_at)
    conversations, _ = both(
        lambda: [each.conversation_id for each in memberships_of(session.user_id)],
        lambda: _check_still_proven(proven, session),
    )
    put_entries(conversations, [session])

    claims = Claims(session.user_id, session.username, proven.token_generation, ends_at)
    token = chat.tokens().issue(claims, now_ms)
    return AuthSuccess(
        data=AuthSuccessData(session.user_id, session.username, token, rfc3339(ends_at))
    )


def _prove(frame: Authenticate, chat: Chat) -> _Proven:
    username, password, token = frame.data.username, frame.data.password, frame.data.token
    if not isinstance(token, UnsetType):
        if not (isinstance(username, UnsetType) and isinstance(password, UnsetType)):
            raise BadRequest("Send a token, or a username and a password.", "data.token")
        return _prove_by_token(token, chat)
    if isinstance(username, UnsetType):
        raise BadRequest("The username is missing.", "data.username")
    if isinstance(password, UnsetType):
        raise BadRequest("The password is missing.", "data.password")
    return _prove_by_password(username, password)


def _prove_by_password(username: Username, password: str) -> _Proven:
    credential = find_credential(username)
    # Someone unknown costs the same work as a wrong password, so that time tells neither apart.
    is_right = is_password(password, credential.password_hash if credential else NOBODYS_HASH)
    if credential is None or not is_right:
        raise InvalidCredentials
    if needs_renewal(credential.password_hash):
        replace_password_hash(username, credential.password_hash, hash_password(password))
    return _proven(credential)


def _prove_by_token(token: str, chat: Chat) -> _Proven:
    claims = chat.tokens().verify(token, chat.now_ms())
    credential = find_credential(claims.username)
    if credential is None or credential.user.user_id != claims.user_id:
        raise InvalidToken
    if credential.token_generation != claims.generation:
        raise InvalidToken
    return _proven(credential)


def _proven(credential: Credential) -> _Proven:
    return _Proven(credential.user, credential.token_generation)


def _check_still_proven(proven: _Proven, session: Session) -> None:
    """Undo a session that was opened while the user was being signed out everywhere."""
    credential = find_credential(proven.user.username)
    if credential is None or _proven(credential) != proven:
        close_session(session)
        raise InvalidToken


def _open_session(connection_id: ConnectionId, user: User, ends_at: int) -> Session:
    connection = find_connection(connection_id)
    if connection is None:
        raise AuthTimeout
    session = Session(connection_id, user.user_id, user.username, ends_at, connection.expires_at)
    if not open_session(session):
        # Either the deadline took the connection away just now, or it is somebody else's.
        raise AlreadyAuthenticated if find_connection(connection_id) else AuthTimeout
    return session
