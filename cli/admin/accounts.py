"""What operators read and change of a user's rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from msgspec import Struct
from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chat.protocol.ids import Identity, UserId, Username
from chat.storage.database import failed_conditions, is_condition_failure, transaction
from chat.storage.identities import user_rows
from chat.storage.profiles import hide_profile, profile_row, unhide_profile
from chat.storage.tables import CredentialRow, IdentityRow, ProfileRow, UserRow
from chat.storage.users import NoSuchUser, User, find_users


class Account(Struct, frozen=True):
    user: User
    created_at: int
    is_disabled: bool
    identity: Identity | None
    """Given if an OpenID provider vouches for the user."""


def get_account(username: Username) -> Account:
    """Read a user.

    Raises:
        NoSuchUser
    """
    row, credential = user_rows(username)
    return _account(row, is_disabled=bool(credential.disabled))


def all_accounts() -> Iterator[Account]:
    """Read all users, in no order."""
    disabled = {
        row.username
        for row in CredentialRow.scan(
            CredentialRow.disabled == True,  # noqa: E712 -- an expression for DynamoDB
            attributes_to_get=["username"],
            consistent_read=True,
        )
    }
    for row in UserRow.scan(consistent_read=True):
        yield _account(row, is_disabled=row.username in disabled)


def set_password_hash(username: Username, password_hash: str) -> None:
    """Replace a user's hash, whatever it was.

    Raises:
        NoSuchUser
    """
    _change(username, CredentialRow.password_hash.set(password_hash))


def disable(username: Username) -> None:
    """Refuse a user's password, and with the next generation every token given out so far.

    Nobody finds the user in the directory.

    Raises:
        NoSuchUser
    """
    user_id = _user_id_of(username)
    actions = [CredentialRow.disabled.set(True), CredentialRow.token_generation.add(1)]
    with _changing(username, user_id, actions) as writes:
        hide_profile(writes, user_id, username)


def enable(username: Username) -> None:
    """Take the password again; tokens from before stay refused.

    Raises:
        NoSuchUser
    """
    user_id = _user_id_of(username)
    rows = list(ProfileRow.batch_get([user_id], consistent_read=True))
    with _changing(username, user_id, [CredentialRow.disabled.remove()]) as writes:
        for row in rows:
            unhide_profile(writes, row)


def add_missing_profiles() -> int:
    """Give a profile to each user who has none, and hide those of disabled users; count the former.

    Users of an older version have none until they set it. Reads all users.
    """
    return sum(_is_profile_added(each) for each in all_accounts())


def _is_profile_added(account: Account) -> bool:
    user = account.user
    is_there = UserRow.user_id == user.user_id
    try:
        with transaction() as writes:
            writes.condition_check(UserRow, user.username, condition=is_there)
            if account.is_disabled:
                hide_profile(writes, user.user_id, user.username)
            else:
                row = profile_row(user.user_id, user.username)
                writes.save(row, condition=ProfileRow.user_id.does_not_exist())
    except TransactWriteError as error:
        if any(failed_conditions(error)):
            return False
        raise
    return not account.is_disabled


def _user_id_of(username: Username) -> UserId:
    row, _ = user_rows(username)
    return UserId(row.user_id)


@contextmanager
def _changing(
    username: Username, user_id: UserId, actions: Sequence[Action]
) -> Iterator[TransactWrite]:
    """Change a credential in a transaction.

    Raises:
        NoSuchUser
    """
    try:
        with transaction() as writes:
            same = CredentialRow.user_id == user_id
            writes.update(CredentialRow(username), actions=list(actions), condition=same)
            yield writes
    except TransactWriteError as error:
        if any(failed_conditions(error)):
            raise NoSuchUser(username) from error
        raise


def delete(user: User) -> bool:
    """Delete all rows of a user by name and id in one step, as far as they are there.

    Returns False, and changes nothing, where the user is a member of a conversation.
    """
    identity = _find_identity_of(user)
    in_none = UserRow.conversations.does_not_exist() | (UserRow.conversations <= 0)
    try:
        with transaction() as writes:
            writes.delete(
                UserRow(user.username), condition=(UserRow.user_id == user.user_id) & in_none
            )
            writes.delete(
                CredentialRow(user.username), condition=CredentialRow.user_id == user.user_id
            )
            writes.delete(ProfileRow(user.user_id))
            if identity:
                writes.delete(IdentityRow(identity))
    except TransactWriteError as error:
        if not any(failed_conditions(error)):
            raise
        return find_users([user.username]).get(user.username) != user
    return True


def _find_identity_of(user: User) -> str | None:
    try:
        row = UserRow.get(user.username, consistent_read=True)
    except UserRow.DoesNotExist:
        return None
    return row.identity if row.user_id == user.user_id else None


def _change(username: Username, *actions: Action) -> None:
    try:
        CredentialRow(username).update(
            actions=list(actions), condition=CredentialRow.username.exists()
        )
    except UpdateError as error:
        if is_condition_failure(error):
            raise NoSuchUser(username) from error
        raise


def _account(row: UserRow, *, is_disabled: bool) -> Account:
    user = User(UserId(row.user_id), Username(row.username))
    identity = Identity(row.identity) if row.identity else None
    return Account(user, int(row.created_at), is_disabled, identity)
