"""`docs/frames.md`: every frame with a table of its fields, and examples."""

import json

from chat.protocol.client_frames import ClientFrame
from chat.protocol.server_frames import ServerFrame
from docs.reference.catalogue import (
    CLIENT_FRAMES,
    SERVER_FRAMES,
    Frame,
    about,
    refusals_of,
    reply_to,
    type_of,
)
from docs.reference.examples import examples_of
from docs.reference.field_tables import FieldTables, field_tables

_TOP = """\
<!-- Made by `make docs` from layers/chat/chat/protocol/ and docs/examples/. -->

# Every frame, field by field

[asyncapi.yaml](asyncapi.yaml), to be read. What the frames mean, and what follows from them, is in
[protocol.md](protocol.md). Every client frame may carry `requestId`, a string of 1 to 64
characters, and its direct reply repeats it. A time is a string: `2026-11-22T18:19:14.123Z`."""


def frames_page() -> str:
    """Make the whole page, the same one for the same code."""
    tables = field_tables()
    parts = [
        *(_TOP, _contents()),
        *("## What a client sends", *(_sent(frame, tables) for frame in CLIENT_FRAMES)),
        *("## What a client receives", *(_received(frame, tables) for frame in SERVER_FRAMES)),
        *("## What is in several of them", *(_part(name, tables) for name in tables.shared)),
    ]
    return "\n\n".join(parts) + "\n"


def _contents() -> str:
    sent = "\n".join(f"- {_link(frame)}: {about(frame).summary}" for frame in CLIENT_FRAMES)
    received = "\n".join(f"- {_link(frame)}: {about(frame).summary}" for frame in SERVER_FRAMES)
    return f"A client sends\n\n{sent}\n\nand receives\n\n{received}"


def _sent(frame: type[ClientFrame], tables: FieldTables) -> str:
    refusals = " or ".join(_link(each) for each in refusals_of(frame))
    reply = f"The direct reply is {_link(reply_to(frame))}; refused, it is {refusals}."
    return _section(frame, reply, tables)


def _received(frame: type[ServerFrame], tables: FieldTables) -> str:
    asked = " and ".join(_link(each) for each in CLIENT_FRAMES if frame is reply_to(each))
    reply = f"The direct reply to {asked}." if asked else ""
    pushed_to = about(frame).pushed_to
    push = f"Pushed to {pushed_to}." if pushed_to else ""
    return _section(frame, f"{reply} {push}".strip(), tables)


def _section(frame: Frame, ways: str, tables: FieldTables) -> str:
    words = about(frame)
    shown = (f"{each.shows}\n\n```json\n{_line(each.frame)}\n```" for each in examples_of(frame))
    said = [f"{words.summary} {ways}".strip(), *words.more]
    parts = [f"### {_title(frame)}", *said, tables.of(frame.__name__), *shown]
    return "\n\n".join(part for part in parts if part)


def _part(name: str, tables: FieldTables) -> str:
    parts = [f"### {name}", tables.schemas[name].get("description"), tables.of(name)]
    return "\n\n".join(part for part in parts if part)


def _title(frame: Frame) -> str:
    return f"{'Sent' if issubclass(frame, ClientFrame) else 'Received'}: {type_of(frame)}"


def _link(frame: Frame) -> str:
    return f"[`{type_of(frame)}`](#{_title(frame).lower().replace(': ', '-')})"


def _line(frame: dict[str, object]) -> str:
    return json.dumps(frame, ensure_ascii=False)
