"""Actions as Lambda handlers: events to frames, refusals and faults to frames, log, metrics.

The one place that catches. A refusal is sent to the client; a fault is logged whole and sent as
`internal` with a reference that the log carries too.
"""

from collections.abc import Callable
from typing import Literal, Protocol

from chat.actions.connect import ConnectRequest, ForwardedClient, OriginRefused
from chat.actions.services import Services
from chat.protocol.client_frames import ClientFrame
from chat.protocol.decoding import decode
from chat.protocol.encoding import error_frame
from chat.protocol.errors import ErrorCode, ProtocolError
from chat.protocol.ids import ConnectionId
from chat.protocol.server_frames import AuthError, Error, ServerFrame
from chat.runtime.in_time import Clock, bounded, require_time
from chat.runtime.log import logger
from chat.runtime.metrics import add_metric, flush_metrics
from chat.runtime.replies import Answer, Event, answer, unrouted

type EventType = Literal["CONNECT", "DISCONNECT"]


class Context(Clock, Protocol):
    """The part of Lambda's context object that handlers use."""

    @property
    def aws_request_id(self) -> str: ...


type Handler = Callable[[Event, Context], Answer]


def frame_handler[F: ClientFrame](
    kind: type[F],
    action: Callable[[F, ConnectionId, Services], ServerFrame | None],
    services: Callable[[], Services],
) -> Handler:
    """Handle a route: decode its frame, carry it out, answer with the direct reply if it has one.

    The answer reaches the client as the route's response, without a push.
    """

    def handle(event: Event, context: Context) -> Answer:
        text = event.get("body") or ""
        reply = carry_out(
            lambda: action(decode(text, kind), connection_id(event), bounded(services(), context)),
            _about(event),
            context,
            authenticating=kind.type_name == "authenticate",
        )
        flush_metrics()
        return answer(text, reply)

    return handle


def carry_out[R](
    action: Callable[[], R],
    about: dict[str, str],
    context: Context,
    *,
    authenticating: bool = False,
) -> R | AuthError | Error:
    """Carry out a frame; a refusal and a fault are logged with what is said `about` the frame."""
    try:
        return action()
    except ProtocolError as refusal:
        logger().info("refused", extra={**about, "code": refusal.code})
        return error_frame(refusal, authenticating=authenticating)
    except Exception:  # noqa: BLE001 -- every fault of ours ends here
        logger().exception("failed", extra={**about, "reference": context.aws_request_id})
        add_metric("Internal", 1)
        return _internal(context)


def connection_handler[T](
    kind: EventType,
    read: Callable[[Event], T],
    action: Callable[[T, Services], None],
    services: Callable[[], Services],
) -> Handler:
    """Handle the opening or closing of a connection; what is not 200 refuses to open it.

    A client's frame that names the route as its type is answered like any unknown type.
    """

    def handle(event: Event, context: Context) -> Answer:
        if event["requestContext"]["eventType"] != kind:
            return unrouted(event, context)
        try:
            action(read(event), bounded(services(), context))
        except OriginRefused:
            logger().info("refused", extra=_about(event, code="origin"))
            return {"statusCode": 403}
        except Exception:  # noqa: BLE001 -- every fault of ours ends here
            logger().exception("failed", extra=_about(event, reference=context.aws_request_id))
            add_metric("Internal", 1)
            return {"statusCode": 500}
        finally:
            flush_metrics()
        return {"statusCode": 200}

    return handle


def queue_handler[T](
    decode_body: Callable[[str], T],
    action: Callable[[T, Services], None],
    services: Callable[[], Services],
) -> Handler:
    """Handle messages of a queue; only those that failed, or found no time left, come again.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """

    def handle(event: Event, context: Context) -> Answer:
        failed = []
        for record in event["Records"]:
            try:
                require_time(context)
                action(decode_body(record["body"]), bounded(services(), context))
            except Exception:  # noqa: BLE001 -- the rest of the batch is not to suffer
                about = {"message_id": record["messageId"], "reference": context.aws_request_id}
                logger().exception("failed", extra=about)
                failed.append({"itemIdentifier": record["messageId"]})
        flush_metrics()
        return {"batchItemFailures": failed}

    return handle


def connect_request(event: Event) -> ConnectRequest:
    """Read what is known of a connection that is being opened."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    address = event["requestContext"]["identity"].get("sourceIp", "")
    viewer, key = headers.get("x-parley-viewer"), headers.get("x-parley-edge")
    forwarded = ForwardedClient(viewer, key) if viewer and key else None
    return ConnectRequest(connection_id(event), address, headers.get("origin"), forwarded)


def connection_id(event: Event) -> ConnectionId:
    """Read whose event it is."""
    return ConnectionId(event["requestContext"]["connectionId"])


def _about(event: Event, **more: str) -> dict[str, str]:
    context = event["requestContext"]
    return {"connection_id": context["connectionId"], "route": context["routeKey"], **more}


def _internal(context: Context) -> Error:
    return Error(
        code=ErrorCode.INTERNAL,
        message="Something went wrong on our side. Try again.",
        data={"reference": context.aws_request_id},
    )
