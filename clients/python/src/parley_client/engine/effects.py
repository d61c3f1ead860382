"""What the engine wants done."""

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True)
class Open:
    """Open a socket, and report `opened` or `lost` with this number."""

    connection: int


@dataclass(frozen=True)
class Send:
    """Send the text on the socket. It may carry a password or a token."""

    connection: int
    text: str = field(repr=False)


@dataclass(frozen=True)
class Close:
    """Close the socket. The engine takes no further report of it."""

    connection: int


@dataclass(frozen=True)
class AskToken:
    """Ask the token provider, and report `token` or `token_failed` with this number."""

    asking: int


Effect: TypeAlias = Open | Send | Close | AskToken
