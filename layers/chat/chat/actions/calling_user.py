"""The user in whose name the owner's backend calls."""

import secrets

from chat.actions.services import Caller, Services
from chat.protocol.backend_calls import BackendCall
from chat.protocol.errors import BadRequest
from chat.protocol.ids import UserId, Username
from chat.protocol.text import case_mapped
from chat.storage.users import NotAUsername, User, UsernameTaken, create_user, find_users


def find_caller(call: BackendCall, services: Services) -> Caller:
    """Find the user that a call names, or create the user if the call asks for that.

    Raises:
        BadRequest: there is no such user, or nobody can have this name.
    """
    username = case_mapped(call.user)
    user = find_users([username]).get(username)
    if user is None and call.create_users:
        user = _create(username, services)
    if user is None:
        raise BadRequest(f"There is no user {call.user!r}.", "as")
    return Caller(user.user_id, user.username, is_operator=call.as_operator)


def _create(username: Username, services: Services) -> User | None:
    user = User(UserId(services.new_id()), username)
    # Nobody knows this password: the operator may set one, or a provider vouch for the user.
    unknown = services.passwords().hash(secrets.token_urlsafe(32))
    try:
        create_user(user, unknown, services.now_ms())
    except NotAUsername as error:
        raise BadRequest("A username is 1 to 64 visible ASCII characters.", "as") from error
    except UsernameTaken:
        return find_users([username]).get(username)  # another call has created the user just now
    return user
