"""Usernames on the command line."""

import re
from collections.abc import Iterable

import click

from chat.protocol.ids import Username
from chat.protocol.text import case_mapped
from chat.storage.users import User, find_users
from cli.errors import Refused

_PATTERN = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


class NewUsername(click.ParamType[Username]):
    """A name that somebody may be given: no two look alike, and all can be typed and linked to.

    Capitals and full-width letters are taken for the letters that they stand for.
    """

    name = "username"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> Username:
        username = case_mapped(value)
        if not _PATTERN.fullmatch(username):
            self.fail(
                f"{value!r} is no username: 1 to 64 of a-z, 0-9, '_', '.' and '-', the first one "
                "a letter or a digit.",
                param,
                ctx,
            )
        return username


NEW_USERNAME = NewUsername()


def get_user(username: str) -> User:
    """Resolve one username.

    Raises:
        Refused: nobody has it.
    """
    (user,) = get_users([username])
    return user


def get_users(usernames: Iterable[str]) -> list[User]:
    """Resolve up to 100 usernames, each once.

    Raises:
        Refused: nobody has one of them.
    """
    wanted = list(dict.fromkeys(map(case_mapped, usernames)))
    found = find_users(wanted) if wanted else {}
    for username in wanted:
        if username not in found:
            raise Refused(f"There is no user {username!r}.")
    return [found[username] for username in wanted]
