"""Whether what a function answers reaches the client who asked."""

from chat.protocol.client_frames import ClientFrame
from cli.deployment import Deployment
from cli.doctor.client import PATIENCE_SECONDS, Visitor
from cli.doctor.findings import Wrong

_OF_NO_ROUTE = "doctor"


def check_replies(deployment: Deployment, patience_seconds: float = PATIENCE_SECONDS) -> str:
    """Ask by every route, as nobody: each is refused, and the refusal is a reply."""
    types = {_OF_NO_ROUTE} | {frame.type_name for frame in ClientFrame.__subclasses__()}
    with Visitor(deployment.websocket_url, patience_seconds) as client:
        if unanswered := client.ask_all(types):
            raise Wrong(
                f"no reply to {', '.join(sorted(unanswered))}",
                "See docs/operations.md, Replies that do not arrive.",
            )
    return f"arrive from all {len(types)} routes"
