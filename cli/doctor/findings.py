"""What the doctor found, and how a check says that something is wrong."""

from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException
from websockets.exceptions import WebSocketException

from cli.deployment import Deployment

type Check = Callable[[Deployment], str]
"""Returns in a few words what it saw, or raises CheckFailed."""

_FAULTS = (BotoCoreError, ClientError, PynamoDBException, WebSocketException, OSError)


@dataclass(frozen=True, slots=True)
class Finding:
    part: str
    healthy: bool
    seen: str
    advice: str | None = None


class CheckFailed(Exception):
    """A part of the deployment is wrong; `advice` says how to repair it."""

    def __init__(self, seen: str, advice: str) -> None:
        super().__init__(seen)
        self.advice = advice


def run_check(part: str, check: Check, deployment: Deployment) -> Finding:
    """Run a check. A part that cannot be reached is a finding too."""
    try:
        return Finding(part, healthy=True, seen=check(deployment))
    except CheckFailed as failed:
        return Finding(part, healthy=False, seen=str(failed), advice=failed.advice)
    except _FAULTS as fault:
        advice = "Check that your role may do this, and that AWS can be reached from here."
        return Finding(part, healthy=False, seen=f"{type(fault).__name__}: {fault}", advice=advice)
