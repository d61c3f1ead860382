"""The example frames of `docs/examples/`: a file for each route, and what each frame shows."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from chat.protocol.client_frames import ClientFrame
from docs.reference.catalogue import Frame, type_of

FOLDER = Path(__file__).parents[1] / "examples"

type Side = Literal["client", "server"]


@dataclass(frozen=True, slots=True)
class Example:
    """One frame, and for a client's frame who sends it."""

    shows: str
    frame: dict[str, Any]
    by: str = "alice"


def examples(side: Side) -> list[Example]:
    """Read all that one side sends."""
    return [
        Example(each["shows"], each[side], each.get("by", "alice"))
        for file in _files().values()
        for each in file
        if side in each
    ]


def examples_of(frame: Frame) -> list[Example]:
    """Choose those of one frame."""
    side: Side = "client" if issubclass(frame, ClientFrame) else "server"
    return [each for each in examples(side) if each.frame["type"] == type_of(frame)]


def request_of(route: str) -> Example:
    """Choose the first example of a route that asks for a reply by a request id."""
    asking = (each for each in examples("client") if "requestId" in each.frame)
    return next(each for each in asking if each.frame["type"] == route)


def reply_to_example(route: str) -> Example:
    """Choose the first frame of a route's examples that answers its request."""
    request_id = request_of(route).frame["requestId"]
    answers = (each["server"] for each in _files()[route] if "server" in each)
    frame = next(each for each in answers if each.get("requestId") == request_id)
    return Example("", frame)


@cache
def _files() -> dict[str, list[dict[str, Any]]]:
    return {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
