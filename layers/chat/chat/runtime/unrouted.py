"""What no route takes, answered apart from all else: it needs no table, no push and no log."""

from typing import Any

from chat.protocol.decoding import find_request_id, refuse_unrouted
from chat.protocol.encoding import as_reply, encode, error_frame


def unrouted_handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 -- Lambda's signature
    """Handle unknown types, and what is no frame at all."""
    text = event.get("body") or ""
    refusal = as_reply(error_frame(refuse_unrouted(text)), find_request_id(text))
    return {"statusCode": 200, "body": encode(refusal).decode()}
