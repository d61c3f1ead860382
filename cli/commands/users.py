from pathlib import Path

import click

from chat.protocol.encoding import rfc3339
from chat.protocol.ids import Username
from chat.storage.connections import sessions_of
from cli.admin import accounts
from cli.admin import users as admin
from cli.commands.arguments import NEW_USERNAME, password_options, read_password
from cli.context import CommandContext, pass_context
from cli.output import Row, help_epilog


@click.group()
def users() -> None:
    """Create, show, disable, rename and delete users."""


@users.command(
    epilog=help_epilog(
        "--local users create dora", "users create dora --password-stdin < password.txt"
    )
)
@click.argument("username", type=NEW_USERNAME)
@password_options
@pass_context
def create(
    context: CommandContext, username: Username, *, password_stdin: bool, blocklist: Path | None
) -> None:
    """Create a user, and ask for the password."""
    password = read_password(username, password_stdin=password_stdin, blocklist=blocklist)
    user = admin.create(username, password, context.services)
    context.output.message(f"Created {username}.", username=username, user_id=user.user_id)


@users.command("list", epilog=help_epilog("--json users list"))
@pass_context
def list_users(context: CommandContext) -> None:
    """List all users. Reads the whole table."""
    listed = sorted(accounts.all_accounts(), key=lambda each: each.user.username)
    context.output.table(map(_row, listed))


@users.command(epilog=help_epilog("--local users show alice"))
@click.argument("username")
@pass_context
def show(context: CommandContext, username: str) -> None:
    """Show a user and the number of live connections."""
    account = accounts.get_account(admin.get_user(username).username)
    live = len(sessions_of(account.user.user_id, context.services.now_ms()))
    context.output.record({**_row(account), "connections": live})


@users.command(
    "set-password",
    epilog=help_epilog(
        "users set-password dora", "users set-password dora --password-stdin < password.txt"
    ),
)
@click.argument("username")
@password_options
@pass_context
def set_password(
    context: CommandContext, username: str, *, password_stdin: bool, blocklist: Path | None
) -> None:
    """Replace a user's password, and sign the user out everywhere."""
    user = admin.get_user(username)
    password = read_password(user.username, password_stdin=password_stdin, blocklist=blocklist)
    admin.set_password(user, password, context.services)
    context.output.message(
        f"{user.username} has a new password and is signed out everywhere.", username=user.username
    )


@users.command(epilog=help_epilog("users disable mallory"))
@click.argument("username")
@pass_context
def disable(context: CommandContext, username: str) -> None:
    """Reject a user's password and tokens, and close the connections.

    The user's messages and memberships stay.
    """
    user = admin.get_user(username)
    admin.disable(user, context.services)
    context.output.message(f"{user.username} is disabled.", username=user.username, disabled=True)


@users.command(epilog=help_epilog("users enable mallory"))
@click.argument("username")
@pass_context
def enable(context: CommandContext, username: str) -> None:
    """Accept a disabled user's password again; older tokens stay rejected."""
    user = admin.get_user(username)
    accounts.enable(user.username)
    context.output.message(f"{user.username} is enabled.", username=user.username, disabled=False)


@users.command("add-profiles", epilog=help_epilog("users add-profiles"))
@pass_context
def add_profiles(context: CommandContext) -> None:
    """Let others find the users of a version before 0.2.0, who have no profile yet.

    Reads all users. It may be done at any time, and again.
    """
    added = accounts.add_missing_profiles()
    context.output.message(f"Added {added} profiles.", profiles_added=added)


@users.command(epilog=help_epilog("users rename dora dora.smith"))
@click.argument("username")
@click.argument("to", type=NEW_USERNAME)
@pass_context
def rename(context: CommandContext, username: str, to: Username) -> None:
    """Give a user another name, and sign the user out everywhere.

    Messages keep the name that they were sent under. If a renaming was cut off, rename the user to
    the same name again to finish it.
    """
    user = admin.rename(admin.get_user(username), to, context.services)
    context.output.message(f"{username} is now called {to}.", username=to, user_id=user.user_id)


@users.command(epilog=help_epilog("users delete dora", "users delete dora --yes"))
@click.argument("username")
@click.confirmation_option(prompt="Delete this user for good?")
@pass_context
def delete(context: CommandContext, username: str) -> None:
    """Delete a user, who leaves every conversation. The user's messages stay.

    `data erase` deletes the messages too. A user of an OpenID provider comes back as a new user at
    the next login: disable such a user instead.
    """
    user = admin.get_user(username)
    left = admin.delete(user, context.services)
    context.output.message(
        f"{user.username} is deleted and has left {left} conversations.",
        username=user.username,
        user_id=user.user_id,
        conversations_left=left,
    )


def _row(account: accounts.Account) -> Row:
    return {
        "username": account.user.username,
        "user_id": account.user.user_id,
        "created_at": rfc3339(account.created_at),
        "disabled": account.is_disabled,
    }
