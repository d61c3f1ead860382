"""The example frames of `docs/examples/`, each with a word on what it shows."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from chat.protocol.client_frames import ClientFrame
from docs.reference.catalogue import Frame, type_of

FOLDER = Path(__file__).parents[1] / "examples"

type Side = Literal["client", "server"]


@dataclass(frozen=True, slots=True)
class Example:
    shows: str
    frame: dict[str, Any]


def examples(side: Side) -> list[Example]:
    """Read all that one side sends."""
    listed = json.loads((FOLDER / f"{side}.json").read_text())
    return [Example(each["shows"], each["frame"]) for each in listed]


def examples_of(frame: Frame) -> list[Example]:
    """Choose those of one frame."""
    side: Side = "client" if issubclass(frame, ClientFrame) else "server"
    return [each for each in examples(side) if each.frame["type"] == type_of(frame)]
