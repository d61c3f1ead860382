"""Passwords as an operator gives them: typed or piped, never an argument, not easily guessed."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from chat.protocol.ids import Username
from chat.protocol.limits import MAX_PASSWORD
from chat.protocol.text import composed
from cli.errors import Refused

MIN_CHARACTERS = 8
"""NIST SP 800-63B, section 3.1.1.2: at least 8 (15 are recommended), and 64 or more are taken. Any
character may stand anywhere, none must. The upper bound is that of an `authenticate` frame."""


def password_options[**P, R](command: Callable[P, R]) -> Callable[P, R]:
    """Add the flags by which a command is given a password."""
    command = click.option(
        "--blocklist",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        envvar="PARLEY_PASSWORD_BLOCKLIST",
        help="File of passwords that are refused, one a line.",
    )(command)
    return click.option(
        "--password-stdin", is_flag=True, help="Read the password from the first line of the input."
    )(command)


def read_password(username: Username, *, password_stdin: bool, blocklist: Path | None) -> str:
    """Ask for a password, or take it from the input.

    Raises:
        Refused: it is too short, too long, or known to guessers.
    """
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        about = f"Password for {username}"
        password = str(click.prompt(about, hide_input=True, confirmation_prompt=True, err=True))
    check_password(username, password, blocklist)
    return password


def check_password(username: Username, password: str, blocklist: Path | None) -> None:
    """Refuse what NIST SP 800-63B says to refuse, and nothing else.

    Raises:
        Refused
    """
    length = len(composed(password))
    if length > MAX_PASSWORD:
        raise Refused(f"The password has more than {MAX_PASSWORD} characters.")
    if length < MIN_CHARACTERS:
        raise Refused(f"The password has fewer than {MIN_CHARACTERS} characters.")
    if password.casefold() == username.casefold():
        raise Refused("The password is the username.")
    if blocklist and _is_listed(password, blocklist):
        raise Refused(f"The password is one of those in {blocklist}.")


def _is_listed(password: str, blocklist: Path) -> bool:
    # Line by line: lists of common passwords have millions.
    with blocklist.open(encoding="utf-8", errors="replace") as lines:
        wanted = composed(password).casefold()
        return any(composed(line.rstrip("\r\n")).casefold() == wanted for line in lines)
