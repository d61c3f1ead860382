"""Users by username, and the credentials they authenticate with.

Two tables, so that only authenticating and the operator can read a password's hash.
"""

import re
from collections.abc import Iterable

from msgspec import Struct
from pynamodb.exceptions import TransactWriteError, UpdateError

from chat.protocol.ids import Identity, UserId, Username
from chat.storage.database import failed_conditions, is_condition_failure, table, transaction
from chat.storage.profiles import profile_row
from chat.storage.tables import CredentialRow, IdentityRow, UserRow

_USERNAME = re.compile(r"[!-@[-~]{1,64}")


class User(Struct, frozen=True):
    user_id: UserId
    username: Username


class Credential(Struct, frozen=True):
    """What proves that somebody is a user; tokens of an older generation prove nothing."""

    user: User
    password_hash: str
    token_generation: int
    is_disabled: bool = False


class UsernameTaken(ValueError):
    """There already is a user of this name or of this identity."""


class NoSuchUser(LookupError):
    """There is no user of this name (any longer)."""


class NotAUsername(ValueError):
    """The text is no valid username."""


def is_username(text: str) -> bool:
    """Tell whether a text is a valid username: 1 to 64 visible ASCII characters, no capitals."""
    return _USERNAME.fullmatch(text) is not None


def create_user(
    user: User, password_hash: str, now_ms: int, identity: Identity | None = None
) -> None:
    """Create a user, the credential, the profile, and the identity if a provider vouches, at once.

    Raises:
        NotAUsername, UsernameTaken: nothing was changed.
    """
    if not is_username(user.username):
        raise NotAUsername(user.username)
    try:
        with transaction() as writes:
            writes.save(
                UserRow(user.username, user_id=user.user_id, created_at=now_ms, identity=identity),
                condition=UserRow.username.does_not_exist(),
            )
            writes.save(
                CredentialRow(user.username, user_id=user.user_id, password_hash=password_hash),
                condition=CredentialRow.username.does_not_exist(),
            )
            writes.save(profile_row(user.user_id, user.username))
            if identity:
                writes.save(
                    IdentityRow(identity, user_id=user.user_id, username=user.username),
                    condition=IdentityRow.identity.does_not_exist(),
                )
    except TransactWriteError as error:
        if any(failed_conditions(error)):
            raise UsernameTaken(user.username) from error
        raise


def find_credential(username: Username) -> Credential | None:
    try:
        row = CredentialRow.get(username, consistent_read=True)
    except CredentialRow.DoesNotExist:
        return None
    user = User(UserId(row.user_id), Username(row.username))
    return Credential(user, row.password_hash, int(row.token_generation), bool(row.disabled))


def replace_password_hash(username: Username, old_hash: str, new_hash: str) -> bool:
    """Replace a hash; False if the password was changed meanwhile."""
    try:
        CredentialRow(username).update(
            actions=[CredentialRow.password_hash.set(new_hash)],
            condition=CredentialRow.password_hash == old_hash,
        )
    except UpdateError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def refuse_older_tokens(username: Username) -> None:
    """Begin a new generation of tokens; from then on the older ones prove nothing.

    Raises:
        UpdateError: there is no such user.
    """
    # Below the model, whose update asks for the whole row back: the caller may not read a hash.
    table(CredentialRow).update_item(
        username,
        actions=[CredentialRow.token_generation.add(1)],
        condition=CredentialRow.username.exists(),
    )


def read_inbox(username: Username) -> int:
    """Read the number of the last change of a user's list of conversations; 0 before any."""
    try:
        row = UserRow.get(username, consistent_read=True)
    except UserRow.DoesNotExist:
        return 0
    return int(row.inbox or 0)


def find_users(usernames: Iterable[Username]) -> dict[Username, User]:
    """Find up to 100 users in one request; unknown usernames are left out."""
    rows = UserRow.batch_get(list(dict.fromkeys(usernames)), consistent_read=True)
    return {Username(r.username): User(UserId(r.user_id), Username(r.username)) for r in rows}
