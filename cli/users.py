from pathlib import Path

import click

from chat.protocol.ids import UserId, Username
from chat.protocol.text import case_mapped
from chat.protocol.times import rfc3339
from chat.storage.accounts import Account, all_accounts, get_account
from chat.storage.accounts import enable as enable_account
from chat.storage.connections import sessions_of
from chat.storage.users import User, create_user
from cli import accounts
from cli.examples import examples
from cli.operating import Operator, pass_operator
from cli.passwords import password_options, read_password
from cli.telling import Row
from cli.usernames import NEW_USERNAME, get_user


@click.group()
def users() -> None:
    """Create, show, disable, rename and delete users."""


@users.command(
    epilog=examples(
        "--local users create dora", "users create dora --password-stdin < password.txt"
    )
)
@click.argument("username", type=NEW_USERNAME)
@password_options
@pass_operator
def create(
    operator: Operator, username: Username, *, password_stdin: bool, blocklist: Path | None
) -> None:
    """Create a user, asking for the password."""
    services = operator.services
    password = read_password(username, password_stdin=password_stdin, blocklist=blocklist)
    user = User(UserId(services.new_id()), username)
    create_user(user, services.passwords().hash(password), services.now_ms())
    operator.teller.tell(f"Created {username}.", username=username, user_id=user.user_id)


@users.command("list", epilog=examples("--json users list"))
@pass_operator
def list_users(operator: Operator) -> None:
    """List all users. Reads the whole table."""
    operator.teller.list(map(_row, sorted(all_accounts(), key=lambda each: each.user.username)))


@users.command(epilog=examples("--local users show alice"))
@click.argument("username")
@pass_operator
def show(operator: Operator, username: str) -> None:
    """Show a user and how many connections they have."""
    account = get_account(case_mapped(username))
    live = len(sessions_of(account.user.user_id, operator.services.now_ms()))
    operator.teller.show({**_row(account), "connections": live})


@users.command(
    "set-password",
    epilog=examples(
        "users set-password dora", "users set-password dora --password-stdin < password.txt"
    ),
)
@click.argument("username")
@password_options
@pass_operator
def set_password(
    operator: Operator, username: str, *, password_stdin: bool, blocklist: Path | None
) -> None:
    """Give a user another password, and sign them out everywhere."""
    services, user = operator.services, get_user(username)
    password = read_password(user.username, password_stdin=password_stdin, blocklist=blocklist)
    accounts.set_password(user, services.passwords().hash(password), services)
    operator.teller.tell(
        f"{username} has another password and is signed out everywhere.", username=username
    )


@users.command(epilog=examples("users disable mallory"))
@click.argument("username")
@pass_operator
def disable(operator: Operator, username: str) -> None:
    """Refuse a user's password and tokens, and close their connections.

    What they wrote and where they are a member stays.
    """
    user = get_user(username)
    accounts.disable(user, operator.services)
    operator.teller.tell(f"{username} is disabled.", username=username, disabled=True)


@users.command(epilog=examples("users enable mallory"))
@click.argument("username")
@pass_operator
def enable(operator: Operator, username: str) -> None:
    """Take a disabled user's password again; tokens from before stay refused."""
    user = get_user(username)
    enable_account(user.username)
    operator.teller.tell(f"{username} is enabled.", username=username, disabled=False)


@users.command(epilog=examples("users rename dora dora.smith"))
@click.argument("username")
@click.argument("to", type=NEW_USERNAME)
@pass_operator
def rename(operator: Operator, username: str, to: Username) -> None:
    """Give a user another name, and sign them out everywhere.

    Messages keep the name they were sent under. Renaming to the same name again mends what a
    renaming left that was cut off.
    """
    user = get_user(username)
    accounts.rename(user, to, operator.services)
    operator.teller.tell(f"{username} is called {to} now.", username=to, user_id=user.user_id)


@users.command(epilog=examples("users delete dora", "users delete dora --yes"))
@click.argument("username")
@click.confirmation_option(prompt="Delete this user for good?")
@pass_operator
def delete(operator: Operator, username: str) -> None:
    """Delete a user, who leaves every conversation; what they wrote stays.

    To have that forgotten too, use `data erase`. Whom an OpenID provider vouches for comes back as
    somebody new; disable them instead.
    """
    user = get_user(username)
    left = accounts.delete(user, operator.services)
    operator.teller.tell(
        f"{username} is deleted and has left {left} conversations.",
        username=username,
        user_id=user.user_id,
        conversations_left=left,
    )


def _row(account: Account) -> Row:
    return {
        "username": account.user.username,
        "user_id": account.user.user_id,
        "created_at": rfc3339(account.created_at),
        "disabled": account.is_disabled,
    }
