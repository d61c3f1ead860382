"""Live connections in place of those that the events were recorded on."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

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

    def received(self) -> Iterator[str]:
        """Take what came so far: frames, and the end of the connection.

        Raises:
            LocalStackError: the connection does not answer a ping.
        """
        try:
            # The gateway answers a ping after what it was given to push before.
            if not self._socket.ping(ack_on_close=True).wait(_ANSWER_SECONDS):
                raise LocalStackError(f"{self.name}'s connection does not answer a ping")
        except ConnectionClosed:
            pass  # what came before is still to be taken
        try:
            while True:
                yield self._next(0)
        except TimeoutError:
            return
        except ConnectionClosed as closed:
            yield f"({closed})"

    def _wait_for(self, kind: str) -> None:
        until = time.monotonic() + _ANSWER_SECONDS
        try:
            while (frame := json.loads(self._next(until - time.monotonic()))).get("type") != kind:
                if frame.get("type") == "auth_error":
                    raise LocalStackError(f"{self.name} cannot authenticate: {frame}")
        except (TimeoutError, ConnectionClosed) as error:
            raise LocalStackError(f"{self.name} got no {kind}: {error!r}") from error

    def _next(self, timeout_seconds: float) -> str:
        """Take the next frame that says something; an empty one does not."""
        text = ""
        while not text:
            text = str(self._socket.recv(timeout=max(timeout_seconds, 0)))
        return text


class People:
    """Everybody that an event may be about."""

    def __init__(self, people: list[Person], ids: dict[str, str]) -> None:
        self._people = people
        self._ids = ids

    def put_into(self, event: str) -> str:
        """Replace the recorded connections by the live ones."""
        for recorded, name in RECORDED.items():
            event = event.replace(recorded, self._ids.get(name, recorded))
        return event

    def pushes(self) -> Iterator[tuple[str, str]]:
        """Give what was pushed since it was last asked for, and to whom."""
        for person in self._people:
            for text in person.received():
                yield person.name, text


@contextmanager
def connected_people(stack: Stack, event: str) -> Iterator[People]:
    """Connect everybody whom an event may be about."""
    with ExitStack() as connections:
        people = [
            connections.enter_context(_connected(name, stack.websocket_url))
            for name in _concerned(event)
        ]
        for person in people:
            person.arrive()
        ids = _ids_by_user_agent(stack)
        yield People(people, {each.name: ids[each.user_agent] for each in people})


def _concerned(event: str) -> list[str]:
    """Name the people whose connections are in an event, and the members of their conversation."""
    named = [name for connection, name in RECORDED.items() if connection in event]
    return sorted({*named, *USERNAMES}) if named else []


@contextmanager
def _connected(name: str, websocket_url: str) -> Iterator[Person]:
    # Identifies each client to the gateway.
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
