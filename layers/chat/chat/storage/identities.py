"""Identities: the subjects of an OpenID provider, and renaming a user."""

import hashlib

from msgspec import Struct
from pynamodb.exceptions import TransactWriteError

from chat.protocol.ids import Identity, UserId, Username
from chat.storage.database import failed_conditions, transaction
from chat.storage.profiles import rename_profile
from chat.storage.tables import CredentialRow, IdentityRow, UserRow
from chat.storage.users import NoSuchUser, NotAUsername, User, UsernameTaken, is_username


class Identified(Struct, frozen=True):
    """The user of an identity, who may have been renamed only in part."""

    user: User
    is_being_renamed: bool


def identity_of(issuer: str, subject: str) -> Identity:
    """Return the identity of a provider's subject."""
    return Identity(hashlib.sha256(f"{issuer}\0{subject}".encode()).hexdigest())


def find_identified(identity: Identity) -> Identified | None:
    try:
        row = IdentityRow.get(identity, consistent_read=True)
    except IdentityRow.DoesNotExist:
        return None
    return Identified(User(UserId(row.user_id), Username(row.username)), bool(row.is_being_renamed))


def rename(user: User, to: Username) -> User:
    """Give a user another name, in all tables at once; tokens that name the old one are refused.

    A user with an identity is marked as being renamed until `finish_renaming`.

    Raises:
        NotAUsername: nobody can be called that.
        UsernameTaken: somebody else has it.
        NoSuchUser: the user was renamed, deleted or given another password meanwhile.
    """
    if not is_username(to):
        raise NotAUsername(to)
    while not _move(user, to):
        pass  # they came to a conversation or left one meanwhile
    return User(user.user_id, to)


def finish_renaming(identity: Identity) -> None:
    """Note that nothing is left under the former name."""
    IdentityRow(identity).update(
        actions=[IdentityRow.is_being_renamed.remove()], condition=IdentityRow.identity.exists()
    )


def user_rows(username: Username) -> tuple[UserRow, CredentialRow]:
    """Read all that is stored of a user by name.

    Raises:
        NoSuchUser
    """
    try:
        row = UserRow.get(username, consistent_read=True)
        return row, CredentialRow.get(username, consistent_read=True)
    except (UserRow.DoesNotExist, CredentialRow.DoesNotExist) as error:
        raise NoSuchUser(username) from error


def _move(user: User, to: Username) -> bool:
    """Move both rows to another name; False where the count of conversations changed meanwhile."""
    row, credential = user_rows(user.username)
    if row.user_id != user.user_id:
        raise NoSuchUser(user.username)
    counted = UserRow.conversations
    same_count = (
        counted.does_not_exist() if row.conversations is None else counted == row.conversations
    )
    unchanged = (CredentialRow.password_hash == credential.password_hash) & (
        CredentialRow.token_generation == credential.token_generation
    )
    try:
        with transaction() as writes:
            writes.delete(row, condition=(UserRow.user_id == user.user_id) & same_count)
            writes.delete(credential, condition=unchanged)
            writes.save(_named(row, to), condition=UserRow.username.does_not_exist())
            writes.save(_named(credential, to), condition=CredentialRow.username.does_not_exist())
            rename_profile(writes, user.user_id, to, is_hidden=bool(credential.disabled))
            if row.identity:
                writes.save(
                    IdentityRow(
                        row.identity, user_id=user.user_id, username=to, is_being_renamed=True
                    )
                )
    except TransactWriteError as error:
        match failed_conditions(error):
            case [_, _, taken, also_taken, *_] if taken or also_taken:
                raise UsernameTaken(to) from error
            case [_, True, *_]:
                raise NoSuchUser(user.username) from error
            case [True, False, *_]:
                return False
        raise
    return True


def _named[R: (UserRow, CredentialRow)](row: R, username: Username) -> R:
    """Copy a row, whatever it holds, under another name."""
    return row.from_raw_data(row.serialize() | {"username": {"S": username}})
