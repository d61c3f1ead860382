"""What an operator does to users, and nobody else: no function of the chat imports this.

Reading all users or all messages of one is a scan, as long as the table is large: an operator's
request is rare, and an index for it would cost a write at each message.
"""

from collections.abc import Iterator

from msgspec import Struct
from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.expressions.update import Action

from chat.protocol.ids import UserId, Username
from chat.storage.database import failed_condition, refused_conditions, transaction
from chat.storage.tables import CredentialRow, UserRow
from chat.storage.users import NotAUsername, User, UsernameTaken, find_users, is_username


class Account(Struct, frozen=True):
    user: User
    created_at: int
    is_disabled: bool


class NoSuchUser(LookupError):
    """Nobody has this username, or no longer."""


def get_account(username: Username) -> Account:
    """Read a user.

    Raises:
        NoSuchUser
    """
    row, credential = _rows(username)
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

    Raises:
        NoSuchUser
    """
    _change(username, CredentialRow.disabled.set(True), CredentialRow.token_generation.add(1))


def enable(username: Username) -> None:
    """Take the password again; tokens from before stay refused.

    Raises:
        NoSuchUser
    """
    _change(username, CredentialRow.disabled.remove())


def rename(user: User, to: Username) -> User:
    """Give a user another name, in both tables at once; tokens that name the old one are refused.

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


def delete(user: User) -> bool:
    """Delete a user and the credential in one step, as far as they are there.

    Returns False, and changes nothing, where the user is a member of a conversation.
    """
    in_none = UserRow.conversations.does_not_exist() | (UserRow.conversations <= 0)
    try:
        with transaction() as writes:
            writes.delete(
                UserRow(user.username), condition=(UserRow.user_id == user.user_id) & in_none
            )
            writes.delete(
                CredentialRow(user.username), condition=CredentialRow.user_id == user.user_id
            )
    except TransactWriteError as error:
        if not any(refused_conditions(error)):
            raise
        return find_users([user.username]).get(user.username) != user
    return True


def _move(user: User, to: Username) -> bool:
    """Move both rows to another name; False where the count of conversations changed meanwhile."""
    row, credential = _rows(user.username)
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
    except TransactWriteError as error:
        match refused_conditions(error):
            case [_, _, taken, also_taken] if taken or also_taken:
                raise UsernameTaken(to) from error
            case [_, True, _, _]:
                raise NoSuchUser(user.username) from error
            case [True, False, _, _]:
                return False
        raise
    return True


def _change(username: Username, *actions: Action) -> None:
    try:
        CredentialRow(username).update(
            actions=list(actions), condition=CredentialRow.username.exists()
        )
    except UpdateError as error:
        if failed_condition(error):
            raise NoSuchUser(username) from error
        raise


def _rows(username: Username) -> tuple[UserRow, CredentialRow]:
    try:
        row = UserRow.get(username, consistent_read=True)
        return row, CredentialRow.get(username, consistent_read=True)
    except (UserRow.DoesNotExist, CredentialRow.DoesNotExist) as error:
        raise NoSuchUser(username) from error


def _named[R: (UserRow, CredentialRow)](row: R, username: Username) -> R:
    """Copy a row, whatever it holds, under another name."""
    return row.from_raw_data(row.serialize() | {"username": {"S": username}})


def _account(row: UserRow, *, is_disabled: bool) -> Account:
    user = User(UserId(row.user_id), Username(row.username))
    return Account(user, int(row.created_at), is_disabled)
