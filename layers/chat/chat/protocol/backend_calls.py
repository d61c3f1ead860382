"""What the owner's backend sends: frames in a user's name, many in one invocation."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from chat.protocol.decoding import wrong_field
from chat.protocol.ids import UserId, Username

MAX_CALL_FRAMES = 25


class BackendCall(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The event of the function `backend`.

    Attributes:
        user: whose frames these are.
        frames: as a client sends them, in the order in which they are carried out.
        as_operator: whether membership and roles are no condition.
        create_users: whether the user is created if there is none.
        subject: whose login with the provider leads to this user; it decides, and not the name.
        caller: which part of the backend calls, for the log.
    """

    user: Annotated[Username, Meta(min_length=1, max_length=64)] = field(name="as")
    frames: Annotated[list[Any], Meta(max_length=MAX_CALL_FRAMES)]
    as_operator: bool = False
    create_users: bool = False
    subject: Annotated[str, Meta(min_length=1, max_length=255)] | UnsetType = UNSET
    caller: Annotated[str, Meta(pattern=r"^[ -~]{0,64}\Z")] = ""


class CallingUser(Struct, frozen=True):
    user_id: UserId
    username: Username


class BackendReplies(Struct, frozen=True):
    """What the function `backend` returns: the direct reply to each frame, in their order."""

    user: CallingUser
    replies: list[Any]


def read_call(event: object) -> BackendCall:
    """Read an event of the function `backend`.

    Raises:
        BadRequest: a field is missing, wrong, or unknown; the refusal names it.
    """
    try:
        return msgspec.convert(event, BackendCall)
    except msgspec.ValidationError as error:
        raise wrong_field(str(error)) from error
