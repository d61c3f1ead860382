"""What the doctor found, and how a check says that something is wrong."""

from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException
from websockets.exceptions import WebSocketException

from cli.deployment import Deployment

type Check = Callable[[Deployment], str]
"""Says in a few words what it saw, or raises Wrong."""

_FAULTS = (BotoCoreError, ClientError, PynamoDBException, WebSocketException, OSError)


@dataclass(frozen=True, slots=True)
class Finding:
    part: str
    healthy: bool
    seen: str
    advice: str | None = None


class Wrong(Exception):
    """Something is not as it should be; with what to do about it."""

    def __init__(self, seen: str, advice: str) -> None:
        super().__init__(seen)
        self.advice = advice


def examine(part: str, check: Check, deployment: Deployment) -> Finding:
    """Carry out a check; what it could not reach is a finding too."""
    try:
        return Finding(part, healthy=True, seen=check(deployment))
    except Wrong as wrong:
        return Finding(part, healthy=False, seen=str(wrong), advice=wrong.advice)
    except _FAULTS as fault:
        advice = "See whether your role may do this, and whether AWS can be reached from here."
        return Finding(part, healthy=False, seen=_named(fault), advice=advice)


def _named(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"
