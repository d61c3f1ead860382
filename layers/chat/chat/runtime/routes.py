"""The one list of routes: the function behind each, and the action that carries out its frame.

A frame has one name everywhere. Its type is its route, the folder of its function, and its action
in `chat.actions`. `routes` names what differs from that. A function imports the actions of its own
routes when it starts, and no others.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chat.protocol import (
    client_frames,
    conversation_frames,
    file_frames,
    message_frames,
    moderation_frames,
    notification_frames,
    profile_frames,
)
from chat.protocol.client_frames import ClientFrame
from chat.runtime.replies import Answer, Event, unrouted

if TYPE_CHECKING:
    from chat.actions.services import Services
    from chat.runtime.handlers import Context, Handler

type Parts = Callable[[], Services]


class Route(Struct, frozen=True):
    """Where a frame goes: to a function, and there to an action of a module of `chat.actions`."""

    frame: type[ClientFrame]
    function: str
    module: str

    def load_action(self) -> Any:  # noqa: ANN401 -- each takes its own frame
        """Import the action, which has the route's name."""
        return _load(self.module, self.frame.type_name)


def routes(
    frames: Iterable[type[ClientFrame]],
    *,
    functions: Mapping[str, str] | None = None,
    modules: Mapping[str, str] | None = None,
) -> dict[str, Route]:
    """List the routes of frames by their keys.

    Args:
        frames: the types of the frames.
        functions: by route, the function that serves it if that has another name. So one function
            may serve several routes.
        modules: by route, the module of its action if that is not named after the function.
    """
    listed = {}
    for frame in frames:
        key = frame.type_name
        function = (functions or {}).get(key, key)
        listed[key] = Route(frame, function, (modules or {}).get(key, function))
    return listed


CHANGES_OF_A_MESSAGE = ("edit_message", "delete_message", "react")
CHANGES_OF_A_CONVERSATION = ("set_title", "pin_message", "unpin_message", "set_role")
MODERATION = ("mute_member", "ban_member", "unban_member", "set_slow_mode")
READS_OF_MESSAGES = ("get_messages", "list_reactions")
ADDRESSES_OF_FILES = ("request_upload", "get_attachments")
PROFILES = ("set_profile", "get_profiles", "find_people")
NOTIFICATIONS = ("register_device", "unregister_device", "set_notifications")

_MODULES = (
    client_frames,
    message_frames,
    conversation_frames,
    moderation_frames,
    file_frames,
    notification_frames,
    profile_frames,
)
_FRAMES = [
    each
    for module in _MODULES
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, ClientFrame) and each is not ClientFrame
]
ROUTES = routes(
    _FRAMES,
    functions=dict.fromkeys(CHANGES_OF_A_MESSAGE, "change_message")
    | dict.fromkeys(CHANGES_OF_A_CONVERSATION, "change_conversation")
    | dict.fromkeys((*MODERATION, "report_message"), "change_conversation")
    | dict.fromkeys(READS_OF_MESSAGES, "history")
    | dict.fromkeys(ADDRESSES_OF_FILES, "file_addresses")
    | dict.fromkeys(NOTIFICATIONS, "notifications")
    | dict.fromkeys(PROFILES, "profiles")
    | {"list_bans": "list_members"},
    modules={
        key: key
        for key in (
            *CHANGES_OF_A_MESSAGE,
            *READS_OF_MESSAGES,
            *ADDRESSES_OF_FILES,
            *PROFILES,
            "list_bans",
            "report_message",
        )
    }
    | dict.fromkeys(MODERATION, "moderation")
    | dict.fromkeys(("leave_conversation", "remove_member"), "membership_removal")
    | dict.fromkeys(("register_device", "unregister_device"), "devices")
    | {"set_notifications": "set_notifications"},
)
GATEWAY_ROUTES = {"$connect": "connect", "$disconnect": "disconnect", "$default": "default"}
"""The functions of API Gateway's own routes."""

BACKEND = "backend"
"""The function that serves the routes for the owner's backend, which IAM authenticates."""

OF_A_CONNECTION = {"authenticate", "watch_presence", "register_device"}
"""What the backend, which has no connection, is not served."""

QUEUES = {
    "greet": "greet",
    "auth_deadline": "auth_deadline",
    "fanout": "fanout",
    "delete_files": "file_deletion",
    "notify": "notify",
    "presence": "presence",
}
"""The queues, each named after the function that takes its messages, with its action's module."""


RELAY = "relay_events"
"""The function of the tables' streams."""


def handler_of(function: str, services: Parts, routes: Mapping[str, Route] = ROUTES) -> "Handler":
    """Import what a function consists of, and make its handler.

    A function that serves several routes chooses by the event's route key.

    Raises:
        LookupError: there is no such function.
    """
    if function == "default":
        return unrouted
    if function in GATEWAY_ROUTES.values():
        return _connection_handler(function, services)
    if function == RELAY:
        return _relay_handler(services)
    if function in QUEUES:
        return _queue_handler(function, services)
    if function == BACKEND:
        return _backend_handler(routes, services)
    return _frame_handler([each for each in routes.values() if each.function == function], services)


# The imports below stand inside, so that a function loads only what it uses.


def _connection_handler(function: str, services: Parts) -> "Handler":
    from chat.runtime.handlers import connect_request, connection_handler, connection_id  # noqa: PLC0415 -- see above

    action = _load(function, function)
    if function == "connect":
        return connection_handler("CONNECT", connect_request, action, services)
    return connection_handler("DISCONNECT", connection_id, action, services)


def _queue_handler(function: str, services: Parts) -> "Handler":
    from chat.push import queue_bodies  # noqa: PLC0415 -- see above
    from chat.runtime.handlers import queue_handler  # noqa: PLC0415 -- see above

    decoders: dict[str, Callable[[str], Any]] = {
        "greet": queue_bodies.decode_greet,
        "auth_deadline": queue_bodies.decode_auth_deadline,
        "fanout": queue_bodies.decode_fanout,
        "delete_files": queue_bodies.decode_file_deletion,
        "notify": queue_bodies.decode_notice,
        "presence": queue_bodies.decode_presence,
    }
    action = _load(QUEUES[function], function)
    if function != "notify":
        return queue_handler(decoders[function], action, services)
    from chat.runtime.stream_handler import stream_or_queue_handler  # noqa: PLC0415 -- see above

    needs_seconds = _load("notify", "LONGEST_SECONDS")
    queue = queue_handler(decoders[function], action, services, needs_seconds=needs_seconds)
    return stream_or_queue_handler(_load("notify_soon", "notify_soon"), queue, services)


def _backend_handler(routes: Mapping[str, Route], services: Parts) -> "Handler":
    from chat.runtime.backend import backend_handler  # noqa: PLC0415 -- see above

    # The usual frame's action now, and each other one at its first frame.
    routes["chat_message"].load_action()
    served = {key: route for key, route in routes.items() if key not in OF_A_CONNECTION}
    return backend_handler(served, services)


def _relay_handler(services: Parts) -> "Handler":
    from chat.runtime.relay_handler import relay_handler  # noqa: PLC0415 -- see above

    return relay_handler(services)


def _frame_handler(served: list[Route], services: Parts) -> "Handler":
    from chat.runtime.handlers import frame_handler  # noqa: PLC0415 -- see above

    if not served:
        raise LookupError("No route leads to this function.")
    handlers = {
        route.frame.type_name: frame_handler(route.frame, route.load_action(), services)
        for route in served
    }

    def handle(event: Event, context: "Context") -> Answer:
        # A gateway that is newer than the function may know a route that the function does not.
        return handlers.get(event["requestContext"]["routeKey"], unrouted)(event, context)

    return handle


def _load(module: str, name: str) -> Any:  # noqa: ANN401 -- each action has its own signature
    return getattr(import_module(f"chat.actions.{module}"), name)
