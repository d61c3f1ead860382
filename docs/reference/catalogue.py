"""The frames in the order of their modules, and what their docstrings say.

The first paragraph says what a frame is for, or what it means. One that begins with `Pushed to`
says whom it is pushed to. The others say more.
"""

from dataclasses import dataclass
from inspect import cleandoc
from typing import get_type_hints

from chat.protocol import (
    server_conversations,
    server_files,
    server_frames,
    server_messages,
    server_notifications,
    server_presence,
    server_profiles,
)
from chat.protocol.client_frames import Authenticate, ClientFrame
from chat.protocol.server_frames import Ack, AuthError, Error, ServerFrame
from chat.runtime.routes import ROUTES

type Frame = type[ClientFrame | ServerFrame]

CLIENT_FRAMES = [route.frame for route in ROUTES.values()]
_SERVER_MODULES = (
    server_frames,
    server_messages,
    server_conversations,
    server_files,
    server_notifications,
    server_presence,
    server_profiles,
)
SERVER_FRAMES = [
    each
    for module in _SERVER_MODULES
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, ServerFrame) and each is not ServerFrame
    if each.__module__ == module.__name__
]

_PUSHED_TO = "Pushed to "


@dataclass(frozen=True, slots=True)
class About:
    """What is said about a frame; `pushed_to` is empty for one that is only ever a direct reply."""

    summary: str
    pushed_to: str
    more: list[str]


def about(frame: Frame) -> About:
    """Read the docstring of a frame.

    Raises:
        LookupError: it has none.
    """
    if not frame.__doc__:
        raise LookupError(f"{frame.__name__} has no docstring.")
    summary, *others = (" ".join(each.split()) for each in cleandoc(frame.__doc__).split("\n\n"))
    pushed = [each for each in others if each.startswith(_PUSHED_TO)]
    more = [each for each in others if each not in pushed]
    return About(summary, "".join(pushed).removeprefix(_PUSHED_TO).removesuffix("."), more)


def type_of(frame: Frame) -> str:
    """Give the `type` that a frame has on the wire."""
    if issubclass(frame, ClientFrame):
        return frame.type_name
    return str(frame.__struct_config__.tag)


def reply_to(frame: type[ClientFrame]) -> type[ServerFrame]:
    """Give the direct reply to a frame: what its action returns, `ack` if that is nothing."""
    returned = get_type_hints(ROUTES[frame.type_name].load_action())["return"]
    reply: type[ServerFrame] = Ack if returned is type(None) else returned
    return reply


def refusals_of(frame: type[ClientFrame]) -> list[type[ServerFrame]]:
    """Give the frames that a client may get in place of the reply."""
    return [AuthError, Error] if frame is Authenticate else [Error]
