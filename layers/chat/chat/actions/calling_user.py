"""The user in whose name the owner's backend calls."""

import secrets

from msgspec import UnsetType

from chat.actions.services import Caller, Services
from chat.protocol.backend_calls import BackendCall
from chat.protocol.errors import BadRequest
from chat.protocol.ids import Identity, UserId
from chat.protocol.text import case_mapped
from chat.storage.identities import find_identified, identity_of
from chat.storage.users import NotAUsername, User, UsernameTaken, create_user, find_users


def find_caller(call: BackendCall, services: Services) -> Caller:
    """Find the user that a call names, or create the user if the call asks for that.

    A subject of the provider decides who that is, under any name.

    Raises:
        BadRequest: there is no such user, or nobody can have this name, or somebody else has it.
    """
    identity = _identity(call, services)
    user = _find(call, identity)
    if user is None and call.create_users:
        user = _create(call, identity, services)
    if user is None:
        raise _unknown(call)
    return Caller(user.user_id, user.username, is_operator=call.as_operator)


def _identity(call: BackendCall, services: Services) -> Identity | None:
    if isinstance(call.subject, UnsetType):
        return None
    if not services.limits.external_issuer:
        raise BadRequest("No provider is set, so there are no subjects.", "subject")
    return identity_of(services.limits.external_issuer, call.subject)


def _find(call: BackendCall, identity: Identity | None) -> User | None:
    if identity is None:
        username = case_mapped(call.user)
        return find_users([username]).get(username)
    found = find_identified(identity)
    return found.user if found else None


def _create(call: BackendCall, identity: Identity | None, services: Services) -> User | None:
    user = User(UserId(services.new_id()), case_mapped(call.user))
    # Nobody knows this password: the operator may set one, or a provider vouch for the user.
    unknown = services.passwords().hash(secrets.token_urlsafe(32))
    try:
        create_user(user, unknown, services.now_ms(), identity)
    except NotAUsername as error:
        raise BadRequest("A username is 1 to 64 visible ASCII characters.", "as") from error
    except UsernameTaken as error:
        # Another call, or the first login, has created the user just now.
        found = _find(call, identity)
        if found is None and identity:
            raise BadRequest(f"{call.user!r} is somebody else's name.", "as") from error
        return found
    return user


def _unknown(call: BackendCall) -> BadRequest:
    if isinstance(call.subject, UnsetType):
        return BadRequest(f"There is no user {call.user!r}.", "as")
    return BadRequest("There is no user of this subject.", "subject")
