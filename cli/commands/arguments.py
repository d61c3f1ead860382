"""Arguments that several commands take."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import click

from chat.protocol.ids import Username
from chat.protocol.text import case_mapped
from cli.admin.passwords import check_password

_PATTERN = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


class NewUsername(click.ParamType[Username]):
    """A name that a user may get: no two look alike, and all can be typed and linked to.

    Capitals and full-width letters become the plain letters that they stand for.
    """

    name = "username"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> Username:
        username = case_mapped(value)
        if not _PATTERN.fullmatch(username):
            self.fail(
                f"{value!r} is not a username: use 1 to 64 of a-z, 0-9, '_', '.' and '-', and "
                "start with a letter or a digit.",
                param,
                ctx,
            )
        return username


NEW_USERNAME = NewUsername()


def password_options[**P, R](command: Callable[P, R]) -> Callable[P, R]:
    """Add the flags that say where a password comes from, and which ones are rejected."""
    command = click.option(
        "--blocklist",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        envvar="PARLEY_PASSWORD_BLOCKLIST",
        help="File of passwords to reject, one on each line.",
    )(command)
    return click.option(
        "--password-stdin", is_flag=True, help="Read the password from the first line of the input."
    )(command)


def read_password(username: Username, *, password_stdin: bool, blocklist: Path | None) -> str:
    """Ask for a password, or read it from the input.

    Raises:
        CommandRefused: it is too short, too long, or easy to guess.
    """
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        about = f"Password for {username}"
        password = str(click.prompt(about, hide_input=True, confirmation_prompt=True, err=True))
    check_password(username, password, blocklist)
    return password
