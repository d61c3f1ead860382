"""Which passwords an operator may give to a user."""

from pathlib import Path

from chat.protocol.ids import Username
from chat.protocol.limits import MAX_PASSWORD
from chat.protocol.text import composed
from cli.errors import CommandRefused

MIN_CHARACTERS = 8
"""NIST SP 800-63B, section 3.1.1.2: at least 8 (15 are recommended), and 64 or more are allowed.
Any character may stand anywhere, none must. The upper bound is that of an `authenticate` frame."""


def check_password(username: Username, password: str, blocklist: Path | None) -> None:
    """Check what NIST SP 800-63B says to check, and nothing else.

    Raises:
        CommandRefused: it is too short, too long, the username, or on the blocklist.
    """
    length = len(composed(password))
    if length > MAX_PASSWORD:
        raise CommandRefused(f"The password has more than {MAX_PASSWORD} characters.")
    if length < MIN_CHARACTERS:
        raise CommandRefused(f"The password has fewer than {MIN_CHARACTERS} characters.")
    if password.casefold() == username.casefold():
        raise CommandRefused("The password is the username.")
    if blocklist and _is_listed(password, blocklist):
        raise CommandRefused(f"The password is in {blocklist}, a list of passwords to reject.")


def _is_listed(password: str, blocklist: Path) -> bool:
    # Line by line: lists of common passwords have millions.
    with blocklist.open(encoding="utf-8", errors="replace") as lines:
        wanted = composed(password).casefold()
        return any(composed(line.rstrip("\r\n")).casefold() == wanted for line in lines)
