"""A service with one conversation, in a thread, for the programs of the pages."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Queue
from threading import Thread
from typing import Any

from websockets.sync.server import ServerConnection, serve

from docs.reference.examples import examples

type Frame = dict[str, Any]

ANSWERS: dict[str, Frame] = {each.frame["type"]: each.frame for each in examples("server")}
"""The frames of the service, one of each type, from the examples."""

PATIENCE_SECONDS = 60.0


@dataclass
class ScriptedService:
    """Answers with the example frames, and keeps the frames it receives.

    An empty frame goes before each, as API Gateway may send one: docs/protocol.md, Frames.
    """

    messages: list[Frame] = field(default_factory=list)
    connections: list[ServerConnection] = field(default_factory=list)
    port: int = 0
    received: "Queue[Frame]" = field(default_factory=Queue)

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/chat"

    def serves(self, socket: ServerConnection) -> None:
        self.connections.append(socket)
        for opening in ("connected", "auth_required"):
            socket.send("")
            socket.send(json.dumps(ANSWERS[opening]))
        for text in socket:
            asked = json.loads(text)
            self.received.put(asked)
            request = {key: asked[key] for key in ("requestId",) if key in asked}
            socket.send("")
            socket.send(json.dumps(self.answers(asked) | request))
            socket.send("")  # as API Gateway may pass on a reply without a body

    def answers(self, asked: Frame) -> Frame:
        match asked["type"]:
            case "authenticate":
                return self._signs_in(asked["data"].get("username", "alice"))
            case "chat_message":
                return self._bare("chat_message") | {"data": self.stores(asked["data"]["content"])}
            case "history":
                return self._page(asked["data"].get("after_seq", len(self.messages)))
            case "list_conversations":
                return self._lists()
            case "heartbeat":
                return self._bare("heartbeat_ack")
        return self._bare("ack")

    def receives(self, type_: str) -> Frame:
        """Wait for the next frame of a type, and drop those before it."""
        while (frame := self.received.get(timeout=PATIENCE_SECONDS))["type"] != type_:
            pass
        return frame

    def pushes(self, message: Frame) -> None:
        """Push a message to the latest connection."""
        self.connections[-1].send(json.dumps(self._bare("chat_message") | {"data": message}))

    def stores(self, content: str) -> Frame:
        seq = len(self.messages) + 1
        named = {"message_id": f"general:{seq}", "seq": seq, "content": content}
        self.messages.append(ANSWERS["chat_message"]["data"] | named)
        return self.messages[-1]

    def _signs_in(self, username: str) -> Frame:
        frame = self._bare("auth_success")
        user = {"username": username, "user_id": f"of {username}"}
        return frame | {"data": frame["data"] | user}

    def _lists(self) -> Frame:
        """List the one conversation."""
        frame = self._bare("conversations")
        [listed] = frame["data"]["items"]
        return frame | {"data": {"items": [listed | {"last_seq": len(self.messages)}]}}

    def _page(self, after: int) -> Frame:
        listed = [each for each in self.messages if each["seq"] > after]
        data = {
            "conversation_id": "general",
            "messages": listed,
            "changes": [],
            "up_to": len(self.messages),
            "has_more": False,
        }
        return self._bare("history") | {"data": data}

    def _bare(self, type_: str) -> Frame:
        return {key: value for key, value in ANSWERS[type_].items() if key != "requestId"}


@contextmanager
def scripted_service() -> Iterator[ScriptedService]:
    service = ScriptedService()
    with serve(service.serves, "127.0.0.1", 0) as server:
        service.port = server.socket.getsockname()[1]
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield service
        server.shutdown()
        thread.join()
