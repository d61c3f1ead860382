import json
from typing import TextIO

import click

from cli.admin import users as admin
from cli.admin.accounts import get_account
from cli.admin.personal_data import export as export_account
from cli.admin.restore import repair
from cli.context import CommandContext, pass_context
from cli.output import help_epilog

MAX_SKIP = 1_000_000_000
READING = "Reading all messages, which takes longer the more there are ..."


@click.group()
def data() -> None:
    """Export or erase all that is stored of a user; repair the tables after a restore."""


@data.command(epilog=help_epilog("--local data export alice --output alice.json"))
@click.argument("username")
@click.option(
    "--output",
    type=click.File("w", encoding="utf-8", lazy=True),
    default="-",
    help="File to write to; the standard output if not given.",
)
@pass_context
def export(context: CommandContext, username: str, output: TextIO) -> None:
    """Write all that is stored of a user as one JSON object. Reads the whole table of messages.

    The password's hash is left out: it is useful only to attackers.
    """
    account = get_account(admin.get_user(username).username)
    context.output.progress(READING)
    json.dump(export_account(account), output, ensure_ascii=False, indent=2)
    output.write("\n")


@data.command(epilog=help_epilog("data erase dora", "data erase dora --yes"))
@click.argument("username")
@click.confirmation_option(
    prompt="Delete this user and all messages and files of the user, for good?"
)
@pass_context
def erase(context: CommandContext, username: str) -> None:
    """Delete a user and all messages and files of the user. Reads the whole table of messages.

    Backups keep the messages as long as the backups are kept. If this is cut off, do it again.
    """
    user = admin.get_user(username)
    context.output.progress(READING)
    left, erased = admin.erase(user, context.services)
    context.output.message(
        f"{user.username} is erased, with {erased} messages, and has left {left} conversations.",
        username=user.username,
        user_id=user.user_id,
        conversations_left=left,
        messages_erased=erased,
    )


@data.command(
    "after-restore",
    epilog=help_epilog("data after-restore", "data after-restore --skip 50000 --yes"),
)
@click.option(
    "--skip",
    type=click.IntRange(min=1, max=MAX_SKIP),
    default=10_000,
    show_default=True,
    help="Numbers to leave unused in each conversation: more than any lost messages.",
)
@click.confirmation_option(prompt="Close every connection of this deployment?")
@pass_context
def after_restore(context: CommandContext, skip: int) -> None:
    """Repair a deployment after its tables were restored to an earlier moment.

    Closes every connection, deletes the rows about live connections, counts the memberships again,
    moves the numbering of every conversation past the lost messages, and deletes the files that no
    message has. docs/operations.md says
    what to do before and after.
    """
    repaired = repair(skip, context.services)
    context.output.message(
        f"Closed {repaired.connections_closed} of {repaired.connections} connections; "
        f"{repaired.conversations} conversations continue {skip} numbers later; "
        f"{repaired.files_deleted} files of no message were deleted.",
        connections=repaired.connections,
        connections_closed=repaired.connections_closed,
        conversations=repaired.conversations,
        skipped=skip,
        files_deleted=repaired.files_deleted,
    )
