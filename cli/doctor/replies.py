"""Checks that the reply of a function reaches the client."""

from chat.protocol.client_frames import ClientFrame
from cli.deployment import Deployment
from cli.doctor.client import TIMEOUT_SECONDS, Client
from cli.doctor.findings import CheckFailed

_NO_ROUTE = "doctor"


def check_replies(deployment: Deployment, timeout_seconds: float = TIMEOUT_SECONDS) -> str:
    """Send a frame to every route without a session: each is rejected, by a reply."""
    types = {_NO_ROUTE} | {frame.type_name for frame in ClientFrame.__subclasses__()}
    with Client(deployment.websocket_url, timeout_seconds) as client:
        if unanswered := client.request_all(types):
            raise CheckFailed(
                f"no reply to {', '.join(sorted(unanswered))}",
                "See docs/operations.md, Replies that do not arrive.",
            )
    return f"arrive from all {len(types)} routes"
