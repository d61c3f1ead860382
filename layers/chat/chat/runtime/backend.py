"""The function that the owner's backend invokes: frames in a user's name, without a connection.

Each frame is decoded and carried out as if it had come over a WebSocket of that user.
"""

import json
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from chat.actions.calling_user import find_caller
from chat.actions.services import NO_CONNECTION, Caller, Services
from chat.protocol.backend_calls import BackendCall, BackendReplies, CallingUser, read_call
from chat.protocol.decoding import decode, find_request_id, refuse_unrouted
from chat.protocol.encoding import as_reply, encode
from chat.protocol.errors import RateLimited
from chat.protocol.server_frames import Ack, ServerFrame
from chat.runtime.handlers import Context, Handler, carry_out
from chat.runtime.in_time import NoTimeLeft, bounded, require_time
from chat.runtime.log import logger
from chat.runtime.metrics import flush_metrics
from chat.runtime.replies import Answer, Event
from chat.runtime.routes import Route


def backend_handler(routes: Mapping[str, Route], services: Callable[[], Services]) -> Handler:
    """Handle a call of the owner's backend: carry out its frames in turn, and list their replies.

    A frame that fails keeps none of the others from being carried out. A frame that has no direct
    reply is answered with `ack`. A call that cannot be read is answered with one `error`.
    """

    def handle(event: Event, context: Context) -> Answer:
        answered = carry_out(
            lambda: _answer(event, context, routes, services()), {"route": "backend"}, context
        )
        flush_metrics()
        answer: Answer = json.loads(encode(answered))
        return answer

    return handle


def _answer(
    event: Event, context: Context, routes: Mapping[str, Route], services: Services
) -> BackendReplies:
    call = read_call(event)
    caller = find_caller(call, services)
    served = [_route_of(each, routes) for each in call.frames]
    _log(call, caller, served)
    for_caller = replace(services, caller=caller)
    replies = [
        _reply(frame, route, for_caller, context)
        for frame, route in zip(call.frames, served, strict=True)
    ]
    return BackendReplies(CallingUser(caller.user_id, caller.username), replies)


def _route_of(frame: object, routes: Mapping[str, Route]) -> Route | None:
    kind = frame.get("type") if isinstance(frame, dict) else None
    return routes.get(kind) if isinstance(kind, str) else None


def _reply(frame: object, route: Route | None, services: Services, context: Context) -> ServerFrame:
    # As text, so that a frame is subject to the same rules as one of a client.
    text = json.dumps(frame, ensure_ascii=False)
    about = {"route": _name(route), "user_id": services.caller.user_id if services.caller else ""}
    reply = carry_out(lambda: _carry_out(text, route, services, context), about, context)
    return as_reply(reply or Ack(), find_request_id(text))


def _carry_out(
    text: str, route: Route | None, services: Services, context: Context
) -> ServerFrame | None:
    if route is None:
        raise refuse_unrouted(text)
    try:
        require_time(context)
    except NoTimeLeft as error:
        raise RateLimited(retry_after_seconds=1) from error
    frame, parts = decode(text, route.frame), bounded(services, context)
    reply: ServerFrame | None = route.load_action()(frame, NO_CONNECTION, parts)
    return reply


def _log(call: BackendCall, caller: Caller, served: list[Route | None]) -> None:
    about = {
        "caller": call.caller,
        "user_id": caller.user_id,
        "as_operator": caller.is_operator,
        "routes": [_name(each) for each in served],
    }
    logger().info("called", extra=about)


def _name(route: Route | None) -> str:
    """Name a frame's route for the log, which never has a text that no route is called."""
    return route.frame.type_name if route else "default"
