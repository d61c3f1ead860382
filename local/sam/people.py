"""Live connections in place of those that the events were recorded on."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from local.demo import USERNAMES, password_of
from local.stack import Stack
from local.tools import LocalStackError

UNAUTHENTICATED = "unauthenticated"
RECORDED = {
    "L0SM9cOFvHcCIhw=": "alice",
    "L0SNZcQ3PHcCJ9A=": "bob",
    "L0SOQdPrPHcCK4g=": "carol",
    "L0SPFdJ6PHcCKPw=": UNAUTHENTICATED,
}
"""Whose connection is which in `events/`. Events of other connections are left as they are."""

_ANSWER_SECONDS = 60

type Frame = dict[str, Any]


class Person:
    """One connection, greeted, and authenticated if it is a demo user's."""

    def __init__(self, name: str, socket: ClientConnection, user_agent: str) -> None:
        self.name = name
        self.user_agent = user_agent
        self._socket = socket

    def arrive(self) -> None:
        self._wait_for("auth_required")
        if self.name in USERNAMES:
            proof = {"username": self.name, "password": password_of(self.name)}
            self._socket.send(json.dumps({"type": "authenticate", "data": proof}))
            self._wait_for("auth_success")

    def received(self) -> list[Frame]:
        """Take the frames that were pushed so far."""
        frames = []
        try:
            # The gateway answers a ping after what it was given to push before.
            if not self._socket.ping().wait(_ANSWER_SECONDS):
                raise LocalStackError(f"{self.name}'s connection does not answer a ping")
            while True:
                frames.append(self._next(0))
        except (TimeoutError, ConnectionClosed):
            return frames

    def _wait_for(self, kind: str) -> None:
        until = time.monotonic() + _ANSWER_SECONDS
        try:
            while (frame := self._next(until - time.monotonic()))["type"] != kind:
                if frame["type"] == "auth_error":
                    raise LocalStackError(f"{self.name} cannot authenticate: {frame}")
        except (TimeoutError, ConnectionClosed) as error:
            raise LocalStackError(f"{self.name} waits in vain for {kind}: {error!r}") from error

    def _next(self, timeout_seconds: float) -> Frame:
        frame: Frame = json.loads(self._socket.recv(timeout=max(timeout_seconds, 0)) or "{}")
        return frame or self._next(timeout_seconds)


class People:
    """Everybody that an event may be about."""

    def __init__(self, people: list[Person], ids: dict[str, str]) -> None:
        self._people = people
        self._ids = ids

    def put_into(self, event: str) -> str:
        """Replace the recorded connections by the live ones."""
        for recorded, name in RECORDED.items():
            event = event.replace(recorded, self._ids[name])
        return event

    def pushes(self) -> Iterator[tuple[str, Frame]]:
        """Give what was pushed since it was last asked for, and to whom."""
        for person in self._people:
            for frame in person.received():
                yield person.name, frame


@contextmanager
def connected_people(stack: Stack) -> Iterator[People]:
    """Open a connection for each of those that were recorded."""
    with ExitStack() as connections:
        people = [
            connections.enter_context(_connected(name, stack.websocket_url))
            for name in RECORDED.values()
        ]
        for person in people:
            person.arrive()
        ids = _ids_by_user_agent(stack)
        yield People(people, {each.name: ids[each.user_agent] for each in people})


@contextmanager
def _connected(name: str, websocket_url: str) -> Iterator[Person]:
    # By this the gateway tells whose connection is which.
    user_agent = f"parley-invoke-{uuid.uuid4().hex}"
    # Pings are answered behind frames that nobody has taken yet.
    with connect(websocket_url, user_agent_header=user_agent, max_queue=None) as socket:
        yield Person(name, socket, user_agent)


def _ids_by_user_agent(stack: Stack) -> dict[str, str]:
    dynamodb = stack.session.client("dynamodb", endpoint_url=stack.aws_url)
    management = stack.session.client("apigatewaymanagementapi", endpoint_url=stack.http_url)
    table = stack.outputs["ConnectionsTable"]
    ids = {}
    for page in dynamodb.get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            connection_id = item["connection_id"]["S"]
            try:
                identity = management.get_connection(ConnectionId=connection_id)["Identity"]
            except management.exceptions.GoneException:
                continue
            ids[identity["UserAgent"]] = connection_id
    return ids
