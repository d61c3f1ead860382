"""What a route answers, as API Gateway delivers it: this needs no table, no push and no log."""

from typing import Any

from chat.protocol.decoding import find_request_id, refuse_unrouted
from chat.protocol.encoding import as_reply, encode, error_frame
from chat.protocol.server_frames import Ack, ServerFrame

type Event = dict[str, Any]
type Answer = dict[str, Any]


def answer(text: str, reply: ServerFrame | None) -> Answer:
    """Answer a frame with its direct reply; without one, with `ack` if it has a request id."""
    request_id = find_request_id(text)
    if reply is None and request_id:
        reply = Ack()
    if reply is None:
        return {"statusCode": 200}
    return {"statusCode": 200, "body": encode(as_reply(reply, request_id)).decode()}


def unrouted(event: Event, context: object) -> Answer:  # noqa: ARG001 -- Lambda's signature
    """Handle what no route takes: a frame of an unknown type, and text that is no frame."""
    text = event.get("body") or ""
    return answer(text, error_frame(refuse_unrouted(text)))
