"""The users for whom an OpenID provider vouches."""

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from chat.actions.services import Services
from chat.actions.session_end import leave_former_name
from chat.protocol.errors import Conflict, InvalidToken
from chat.protocol.ids import Identity, UserId, Username
from chat.protocol.text import case_mapped
from chat.storage.identities import (
    Identified,
    find_identified,
    finish_renaming,
    identity_of,
    rename,
)
from chat.storage.users import NoSuchUser, User, UsernameTaken, create_user, is_username

if TYPE_CHECKING:
    from chat.auth.external import ExternalClaims

ATTEMPTS = 3


def user_of(claims: "ExternalClaims", services: Services) -> User:
    """Find the user of a provider's subject, under the provider's present name.

    A subject who comes for the first time becomes a user. A user whose new name is taken keeps the
    former one.

    Raises:
        InvalidToken: a new user cannot have this name.
        Conflict: the user is being renamed or deleted.
    """
    identity, name = identity_of(claims.issuer, claims.subject), case_mapped(claims.username)
    for _ in range(ATTEMPTS):
        known = find_identified(identity) or _create(identity, name, services)
        if known is None:
            continue
        try:
            return _under_its_name(known, identity, name, services)
        except NoSuchUser:
            continue  # another login renamed the user just now
    raise Conflict("The user is being renamed. Try again.")


def _create(identity: Identity, name: Username, services: Services) -> Identified | None:
    """Create a user; None if another login has created the user just now."""
    if not is_username(name):
        raise InvalidToken("The token names nobody who could be a user here.")
    user = User(UserId(services.new_id()), name)
    try:
        # Nobody knows this password: such a user authenticates by the provider alone.
        unknown = services.passwords().hash(secrets.token_urlsafe(32))
        create_user(user, unknown, services.now_ms(), identity)
    except UsernameTaken as error:
        if find_identified(identity) is None:
            raise InvalidToken("The name that the token gives is somebody else's here.") from error
        return None
    return Identified(user, is_being_renamed=False)


def _under_its_name(
    known: Identified, identity: Identity, name: Username, services: Services
) -> User:
    user, is_being_renamed = known.user, known.is_being_renamed
    if name != user.username and is_username(name):
        # If the new name is invalid or taken the user keeps the old one: a login is worth more.
        with suppress(UsernameTaken):
            user, is_being_renamed = rename(user, name), True
    if is_being_renamed:
        leave_former_name(user, services)
        finish_renaming(identity)
    return user
