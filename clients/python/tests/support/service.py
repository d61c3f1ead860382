"""A small service on a real socket: what the asyncio part of the client is tested against."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from clients.python.tests.support.owner import Frame, message

SECONDS = 20.0
"""The longest that a test waits for anything."""


class Service:
    """Users whose password is their name, and conversations with everybody in them."""

    def __init__(self) -> None:
        self.url = ""
        self.conversations: dict[str, list[Frame]] = {"general": []}
        self.read_up_to: dict[str, int] = {}
        self.received: list[Frame] = []
        self.names: dict[ServerConnection, str] = {}
        self.refuses: dict[str, str] = {}
        """The code with which a type of frame is refused."""
        self.is_silent: set[str] = set()
        """The types of frames that get no answer."""

    async def serves(self, socket: ServerConnection) -> None:
        await self._send(socket, {"type": "connected", "data": {"heartbeat_seconds": 30}})
        try:
            async for text in socket:
                frame = json.loads(text)
                self.received.append(frame)
                if frame["type"] not in self.is_silent:
                    await self._send(socket, self._reply(socket, frame))
        except ConnectionClosed:
            pass
        finally:
            self.names.pop(socket, None)

    async def cut(self) -> None:
        """End every connection without a closing handshake."""
        for socket in list(self.names):
            socket.transport.abort()

    async def stores(self, content: str, by: str = "bob", to: str = "general") -> Frame:
        """Store a message and push it to everybody."""
        stored = self._store(to, content, by, {})
        for socket in list(self.names):
            await self._send(socket, {"type": "chat_message", "data": stored})
        return stored

    def contents(self, conversation_id: str = "general") -> list[str]:
        return [each["content"] for each in self.conversations[conversation_id]]

    def _reply(self, socket: ServerConnection, frame: Frame) -> Frame:
        named = {"requestId": frame["requestId"]}
        code = self.refuses.get(frame["type"])
        if code is not None:
            kind = "auth_error" if frame["type"] == "authenticate" else "error"
            return {"type": kind, "code": code, "message": "no", **named}
        return {**self._answer(socket, frame), **named}

    def _answer(self, socket: ServerConnection, frame: Frame) -> Frame:
        data, kind = frame.get("data", {}), frame["type"]
        if kind == "authenticate":
            return self._authenticate(socket, data)
        if kind == "chat_message":
            return self._chat_message(self.names[socket], frame)
        if kind == "history":
            return {"type": "history", "data": self._page(frame["conversationId"], data)}
        if kind == "list_conversations":
            items = [self._conversation(each) for each in self.conversations]
            return {"type": "conversations", "data": {"items": items}}
        if kind == "heartbeat":
            behind = {
                name: len(self.conversations[name])
                for name, seq in data["positions"].items()
                if len(self.conversations[name]) > seq
            }
            return {"type": "heartbeat_ack", "data": {"behind": behind}}
        return {"type": "ack"}

    def _authenticate(self, socket: ServerConnection, data: Frame) -> Frame:
        name = data.get("username") or data["token"].partition(" ")[0]
        self.names[socket] = name
        user = {"user_id": f"user-{name}", "username": name}
        session = {"token": f"{name} secret-token", "expires_at": "2099-01-01T00:00:00.000Z"}
        return {"type": "auth_success", "data": {**user, **session}}

    def _chat_message(self, name: str, frame: Frame) -> Frame:
        log = self.conversations[frame["conversationId"]]
        key, content = frame["clientMessageId"], frame["data"]["content"]
        for known in log:
            if known.get("client_message_id") == key and known["username"] == name:
                return {"type": "chat_message", "data": known}
        fields = {"client_message_id": key}
        if "reply_to" in frame["data"]:
            fields["reply_to"] = frame["data"]["reply_to"]
        stored = self._store(frame["conversationId"], content, name, fields)
        return {"type": "chat_message", "data": stored}

    def _store(self, conversation_id: str, content: str, by: str, fields: Frame) -> Frame:
        log = self.conversations[conversation_id]
        seq = len(log) + 1
        place = {"conversation_id": conversation_id, "message_id": f"{conversation_id}:{seq}"}
        log.append({**message(seq, content, by), **place, **fields})
        return log[-1]

    def _page(self, conversation_id: str, data: Frame) -> Frame:
        log = self.conversations[conversation_id]
        after, limit = data.get("after_seq", len(log) - 1), data["limit"]
        messages = log[max(0, after) :][:limit]
        has_more = max(0, after) + len(messages) < len(log)
        up_to = messages[-1]["seq"] if has_more else len(log)
        page = {"conversation_id": conversation_id, "messages": messages, "changes": []}
        return {**page, "up_to": up_to, "has_more": has_more}

    def _conversation(self, conversation_id: str) -> Frame:
        when = "2026-01-01T00:00:00.000Z"
        return {
            "conversation_id": conversation_id,
            "kind": "group",
            "role": "member",
            "last_seq": len(self.conversations[conversation_id]),
            "last_activity_at": when,
            "last_read_seq": self.read_up_to.get(conversation_id, 0),
            "unread_count": 0,
            "mention_count": 0,
            "created_at": when,
        }

    async def _send(self, socket: ServerConnection, frame: Frame) -> None:
        try:
            await socket.send("")  # as API Gateway may
            await socket.send(json.dumps(frame))
        except ConnectionClosed:
            pass


@asynccontextmanager
async def serving() -> AsyncIterator[Service]:
    service = Service()
    async with serve(service.serves, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        service.url = f"ws://127.0.0.1:{port}/ws/chat"
        yield service


def run(scenario: Callable[[Service], Coroutine[Any, Any, None]]) -> None:
    """Run a scenario with a service, in a loop in which nothing is left afterwards."""

    async def main() -> None:
        async with serving() as service:
            await asyncio.wait_for(scenario(service), SECONDS)
            left = [each for each in asyncio.all_tasks() if "parley_client" in repr(each)]
            assert left == [], "tasks are left"

    asyncio.run(main())


async def until(condition: Callable[[], object]) -> None:
    """Let the loop run until something is so."""
    while not condition():  # noqa: ASYNC110 -- the run has a deadline
        await asyncio.sleep(0)
