"""The protocol as an AsyncAPI 3.0 document, from the service's point of view.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from typing import Any

from chat.actions.greet import PROTOCOL_VERSION
from chat.protocol import client_frames, conversation_frames, fields, limits
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
from docs.reference.schemas import frame_schemas

type Document = dict[str, Any]

_ABOUT = """\
A client keeps one WebSocket open; every frame in either direction is one JSON object in one text
frame. `type` chooses the route. A frame that carries a `requestId` gets exactly one direct reply
that repeats it; what the service pushes carries none.

A reader ignores fields that it does not know, and a client also types.
docs/protocol.md says all this in words.
"""

LIMITS = {
    "frameBytes": limits.MAX_FRAME_BYTES,
    "contentBytes": limits.MAX_CONTENT_BYTES,
    "connectionSeconds": limits.MAX_CONNECTION_SECONDS,
    "messagesInAPage": fields.MAX_PAGE,
    "positionsInAHeartbeat": client_frames.MAX_POSITIONS,
    "foundersNamedAtOnce": conversation_frames.MAX_NAMED_AT_CREATION,
    "membersNamedAtOnce": conversation_frames.MAX_NAMED_MEMBERS,
}


def document() -> Document:
    """Make the whole document, the same one for the same code."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Parley",
            "version": f"{PROTOCOL_VERSION}.0.0",
            "description": _ABOUT,
        },
        "defaultContentType": "application/json",
        "servers": _servers(),
        "channels": {"chat": _channel()},
        "operations": _received() | _pushed(),
        "components": {
            "correlationIds": {"requestId": _REQUEST_ID},
            "messages": _described(),
            "schemas": frame_schemas(),
        },
    }


_REQUEST_ID = {
    "description": "Chosen by the client, repeated by the direct reply.",
    "location": "$message.payload#/requestId",
}


def _servers() -> Document:
    return {
        "local": {
            "host": "127.0.0.1:8080",
            "protocol": "ws",
            "pathname": "/ws/chat",
            "description": "What `make run` starts.",
        },
        "aws": {
            "host": "{apiId}.execute-api.{region}.amazonaws.com",
            "protocol": "wss",
            "pathname": "/{stage}",
            "description": "A deployed stack; its output `WebSocketUrl` is the whole address.",
            "variables": {
                "apiId": {"description": "The output `ApiId`."},
                "region": {"description": "Where it was deployed."},
                "stage": {"description": "The parameter `StageName`.", "default": "chat"},
            },
        },
    }


def _channel() -> Document:
    return {
        "address": "/",
        "title": "The one WebSocket of a client",
        "description": "At the server's own path: there is nothing behind it.",
        "messages": {frame.__name__: _ref("components/messages", frame) for frame in _frames()},
        "bindings": {"ws": {"method": "GET"}},
        "x-limits": LIMITS,
    }


def _received() -> Document:
    """Say what the service takes in, and what it answers."""
    return {
        frame.type_name: {
            "action": "receive",
            "channel": _CHANNEL,
            "summary": about(frame).summary,
            "messages": _messages(frame),
            "reply": {
                "channel": _CHANNEL,
                "messages": _messages(reply_to(frame), *refusals_of(frame)),
            },
        }
        for frame in CLIENT_FRAMES
    }


def _pushed() -> Document:
    """Say what the service sends unasked."""
    return {
        f"push_{type_of(frame)}": {
            "action": "send",
            "channel": _CHANNEL,
            "summary": about(frame).summary,
            "description": f"To {about(frame).pushed_to}.",
            "messages": _messages(frame),
        }
        for frame in SERVER_FRAMES
        if about(frame).pushed_to
    }


def _described() -> Document:
    return {frame.__name__: _message(frame) for frame in _frames()}


def _message(frame: Frame) -> Document:
    return {
        "name": type_of(frame),
        "title": type_of(frame),
        **_words(frame),
        "correlationId": {"$ref": "#/components/correlationIds/requestId"},
        "payload": _ref("components/schemas", frame),
        "examples": [{"summary": each.shows, "payload": each.frame} for each in examples_of(frame)],
    }


def _words(frame: Frame) -> Document:
    words = about(frame)
    more = {"description": "\n\n".join(words.more)} if words.more else {}
    return {"summary": words.summary, **more}


def _frames() -> list[Frame]:
    return [*CLIENT_FRAMES, *SERVER_FRAMES]


_CHANNEL = {"$ref": "#/channels/chat"}


def _messages(*frames: Frame) -> list[Document]:
    return [_ref("channels/chat/messages", frame) for frame in frames]


def _ref(place: str, frame: Frame) -> Document:
    return {"$ref": f"#/{place}/{frame.__name__}"}
