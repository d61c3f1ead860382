"""The recorded events: one a file, named after its function and, if it has several, its case."""

import json
from typing import Any

from testing.template import REPOSITORY

FOLDER = REPOSITORY / "events"
EVENTS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))
}
FUNCTIONS = {path.name for path in (REPOSITORY / "functions").iterdir()}

# The connections that they are of.
ALICE = "L0SM9cOFvHcCIhw="
BOB = "L0SNZcQ3PHcCJ9A="
CAROL = "L0SOQdPrPHcCK4g="
UNAUTHENTICATED = "L0SPFdJ6PHcCKPw="
BEING_OPENED = "L0SQxeZbvHcCLbQ="
SESSION_OVER = "L0SHEcg4PHcCMPA="


def function_of(event: str) -> str:
    """Name the function that an event is for."""
    return max((name for name in FUNCTIONS if f"{event}_".startswith(f"{name}_")), key=len)
