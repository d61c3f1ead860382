"""Users at real WebSockets: the words that end-to-end tests are written in."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from typing import Any

from mypy_boto3_dynamodb import DynamoDBClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from chat.auth.passwords import Passwords
from chat.protocol.ids import UserId, Username
from chat.storage.users import User
from local.stack import Stack
from testing.tables import MODELS

type Frame = dict[str, Any]

PATIENCE_SECONDS = 60.0
"""How long to wait for a frame: a first invocation starts a process."""

SILENCE_SECONDS = 0.7
"""How long to wait before no frame counts as coming."""

AUTH_DEADLINE_SECONDS = 15
"""For the local stack; a deployment elsewhere has its own."""

PASSWORD = "correct horse battery staple"


@cache
def _hash_of_all() -> str:
    return Passwords().hash(PASSWORD)


class Client:
    """One WebSocket."""

    def __init__(self, url: str, **options: Any) -> None:  # noqa: ANN401 -- websockets' own
        self.name = uuid.uuid4().hex
        # A socket with a bounded queue answers no pings while nobody takes frames from it.
        self.socket: ClientConnection = connect(
            url, legacy=True, user_agent_header=self.name, max_queue=None, **options
        )
        self._kept: list[Frame] = []
        self.token = ""

    def sends(self, type_: str, **envelope: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
        """Send a frame and wait for its direct reply."""
        request_id = uuid.uuid4().hex
        self.sends_without_waiting(type_, requestId=request_id, **envelope)
        return self._waits_for(lambda frame: frame.get("requestId") == request_id)

    def sends_without_waiting(self, type_: str, **envelope: Any) -> None:  # noqa: ANN401 -- as above
        """Send a frame and wait for nothing."""
        self.socket.send(json.dumps({"type": type_, **envelope}, ensure_ascii=False))

    def says(self, content: str, to: str, **envelope: Any) -> dict[str, Any]:  # noqa: ANN401 -- as above
        reply = self.sends("chat_message", conversationId=to, data={"content": content}, **envelope)
        assert reply["type"] == "chat_message", reply
        stored: dict[str, Any] = reply["data"]
        return stored

    def creates(self, *members: "Person", kind: str = "group") -> str:
        named = [person.user.username for person in members]
        reply = self.sends("create_conversation", data={"kind": kind, "members": named})
        assert reply["type"] == "conversation_created", reply
        conversation_id: str = reply["data"]["conversation_id"]
        return conversation_id

    def is_rejected(self, code: str, type_: str, **envelope: Any) -> Frame:  # noqa: ANN401 -- as above
        reply = self.sends(type_, **envelope)
        assert (reply["type"], reply.get("code")) == ("error", code), reply
        return reply

    def receives(self, type_: str) -> Frame:
        """Wait for a push of a type, and keep others for later."""
        return self._waits_for(
            lambda frame: frame.get("type") == type_ and "requestId" not in frame
        )

    def receives_nothing(self) -> None:
        assert self._kept == []
        frame = self._next(SILENCE_SECONDS)
        assert frame is None, frame

    def discards_received(self) -> None:
        """Drop the frames received so far and those on their way."""
        while self._next(SILENCE_SECONDS):
            pass
        self._kept.clear()

    def is_closed_by_the_service(self) -> None:
        try:
            while True:
                self.socket.recv(timeout=PATIENCE_SECONDS)
        except ConnectionClosed:
            return

    def closes(self) -> None:
        self.socket.close()

    def dies(self) -> None:
        """Close the socket without a close frame."""
        self.socket.socket.close()

    def _waits_for(self, is_it: Callable[[Frame], bool]) -> Frame:
        for frame in self._kept:
            if is_it(frame):
                self._kept.remove(frame)
                return frame
        while (came := self._next(PATIENCE_SECONDS)) is not None:
            if is_it(came):
                return came
            self._kept.append(came)
        raise AssertionError(f"it did not come; what came: {self._kept}")

    def _next(self, timeout_seconds: float) -> Frame | None:
        """Wait for the next frame that is not empty."""
        until = time.monotonic() + timeout_seconds
        while (left := until - time.monotonic()) > 0:
            try:
                text = self.socket.recv(timeout=left)
            except TimeoutError:
                break
            if text:
                frame: Frame = json.loads(text)
                return frame
        return None


class Person:
    """A user of this deployment, new for each test, with any number of clients."""

    def __init__(self, url: str, user: User) -> None:
        self.user = user
        self._url = url
        self._clients: list[Client] = []

    def connects(self, **options: Any) -> Client:  # noqa: ANN401 -- websockets' own
        client = Client(self._url, **options)
        self._clients.append(client)
        return client

    def logs_in(self, **proof: str) -> Client:
        """Connect, receive the greeting, and authenticate."""
        client = self.connects()
        client.receives("connected")
        client.receives("auth_required")
        proof = proof or {"username": self.user.username, "password": PASSWORD}
        reply = client.sends("authenticate", data=proof)
        assert reply["type"] == "auth_success", reply
        client.token = reply["data"]["token"]
        return client

    def leaves(self) -> None:
        for client in self._clients:
            client.closes()


class Deployment:
    """The stack under test; creates users in its tables."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.tables = {name: stack.outputs[name] for name in MODELS if name in stack.outputs}

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        return self.stack.session.client("dynamodb", endpoint_url=self.stack.aws_url)

    def enrol(self, name: str) -> Person:
        user = User(UserId(uuid.uuid4().hex), Username(f"{name}-{uuid.uuid4().hex[:8]}"))
        self._create(user)
        return Person(self.stack.websocket_url, user)

    @contextmanager
    def person(self, name: str) -> Iterator[Person]:
        person = self.enrol(name)
        yield person
        person.leaves()

    def connection_id_of(self, client: Client) -> str:
        """Ask the gateway for the id of a client's connection."""
        for each in self.stack.faults.connections():
            identity: Any = each["identity"]
            if identity["userAgent"] == client.name:
                return str(each["connectionId"])
        raise LookupError(client.name)

    def _create(self, user: User) -> None:
        who = {"username": {"S": user.username}, "user_id": {"S": user.user_id}}
        self._put("UsersTable", who | {"created_at": {"N": "0"}})
        proof = {"password_hash": {"S": _hash_of_all()}, "token_generation": {"N": "0"}}
        self._put("CredentialsTable", who | proof)

    def _put(self, table: str, item: dict[str, Any]) -> None:
        self.dynamodb.put_item(TableName=self.tables[table], Item=item)
