"""Credentials: verifying a password or a token."""

from typing import TYPE_CHECKING

from msgspec import Struct, UnsetType

from chat.actions.external_users import user_of
from chat.actions.login_attempts import LoginAttempt
from chat.actions.services import Services
from chat.protocol.client_frames import AuthenticateData
from chat.protocol.errors import BadRequest, InvalidCredentials, InvalidToken
from chat.protocol.ids import Username
from chat.protocol.limits import MAX_PASSWORD
from chat.protocol.text import case_mapped, composed
from chat.storage.users import Credential, User, find_credential, replace_password_hash

if TYPE_CHECKING:
    from chat.auth.external import ExternalIssuer


class VerifiedUser(Struct, frozen=True):
    """A user whose credentials are right, and the generation of the user's tokens."""

    user: User
    token_generation: int

    def is_still_valid(self) -> bool:
        """Check again that the user exists and was not signed out everywhere meanwhile."""
        credential = find_credential(self.user.username)
        return credential is not None and _verified(credential) == self


def verify_credentials(data: AuthenticateData, address: str, services: Services) -> VerifiedUser:
    """Verify a client's password or token.

    Raises:
        BadRequest: there is neither a token nor a username with a password, or both.
        InvalidCredentials, TooManyAttempts, InvalidToken, TokenExpired
    """
    username, password, token = data.username, data.password, data.token
    if not isinstance(token, UnsetType):
        if not (isinstance(username, UnsetType) and isinstance(password, UnsetType)):
            raise BadRequest("Send a token, or a username and a password.", "data.token")
        external = services.external_issuer()
        if external and external.is_of(token):
            return _verify_external_token(token, external, services)
        return _verify_token(token, services)
    if isinstance(username, UnsetType):
        raise BadRequest("The username is missing.", "data.username")
    if isinstance(password, UnsetType):
        raise BadRequest("The password is missing.", "data.password")
    if len(composed(password)) > MAX_PASSWORD:
        raise BadRequest("The password is too long.", "data.password")
    return _verify_password(case_mapped(username), password, address, services)


def _verify_password(
    username: Username, password: str, address: str, services: Services
) -> VerifiedUser:
    attempt = LoginAttempt(username, address, services)
    attempt.check()
    credential, passwords = find_credential(username), services.passwords()
    # An unknown user costs the same work as a wrong password, so that time does not tell them
    # apart.
    password_hash = credential.password_hash if credential else passwords.nobodys_hash
    is_right = passwords.is_right(password, password_hash)
    if credential is None or not is_right or credential.is_disabled:
        attempt.register_failure()
        raise InvalidCredentials
    attempt.register_success()
    if passwords.needs_renewal(password_hash):
        replace_password_hash(username, password_hash, passwords.hash(password))
    return _verified(credential)


def _verify_token(token: str, services: Services) -> VerifiedUser:
    claims = services.tokens().verify(token, services.now_ms())
    credential = find_credential(claims.username)
    if credential is None or credential.user.user_id != claims.user_id or credential.is_disabled:
        raise InvalidToken
    if credential.token_generation != claims.generation:
        raise InvalidToken
    return _verified(credential)


def _verify_external_token(
    token: str, issuer: "ExternalIssuer", services: Services
) -> VerifiedUser:
    user = user_of(issuer.verify(token, services.now_ms()), services)
    credential = find_credential(user.username)
    if credential is None or credential.user != user or credential.is_disabled:
        raise InvalidToken
    return _verified(credential)


def _verified(credential: Credential) -> VerifiedUser:
    return VerifiedUser(credential.user, credential.token_generation)
