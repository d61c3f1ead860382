"""The whole chat without AWS: the real handlers, moto's tables, sockets in memory, a clock."""

import json
from collections.abc import Callable, Mapping
from copy import replace
from functools import cache
from http import HTTPStatus
from typing import Any, cast

from mypy_boto3_dynamodb import DynamoDBClient

from chat.actions.limits import Limits
from chat.actions.services import Services, Sink
from chat.auth.cursors import Cursors
from chat.auth.passwords import Passwords
from chat.auth.tokens import SigningKeys, Tokens
from chat.protocol.ids import ConnectionId, UserId, Username
from chat.protocol.limits import MAX_FRAME_BYTES
from chat.runtime.handlers import Handler
from chat.runtime.replies import Answer
from chat.runtime.routes import BACKEND, GATEWAY_ROUTES, QUEUES, ROUTES, handler_of
from chat.storage.users import User, create_user
from testing.fake_files import FakeFiles
from testing.fake_queues import FakeQueues
from testing.sockets import Frame, Sockets
from testing.steps import Steps
from testing.tables import bound_tables, create_tables

REGION = "eu-central-1"
START_MS = 1_795_371_554_123  # 2026-11-22T18:19:14.123Z
PASSWORD_OF_ALL = "correct horse battery staple"
PASSWORDS = Passwords(memory_kib=8, passes=1)
"""As cheap as argon2 can be: nearly every test logs in."""

NEVER, ALWAYS = 0.999999, 0.0
"""Random numbers that choose no frame for the sample, and every frame."""


@cache
def _hash_of_all() -> str:
    return PASSWORDS.hash(PASSWORD_OF_ALL)


class Invocation:
    """The context that Lambda passes to a handler."""

    aws_request_id = "5f3c1c1e-7a54-4c5e-9f10-3d5d3e0c8a11"

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


class Simulation:
    """One deployment in memory."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.dynamodb = cast("DynamoDBClient", bound_tables(REGION).client)
        create_tables(self.dynamodb)
        self.now_ms = START_MS
        self.steps = Steps()
        self.sockets = Sockets(self.steps)
        self.queues = FakeQueues(self.steps)
        self.files = FakeFiles(self.steps)
        self.has_files: bool | None = True
        """None makes it an error to ask for them."""
        self.sinks: list[Sink] = []
        self.metrics: dict[str, int] = {}
        self.sleeps: list[float] = []
        self.on_sleep: Callable[[], None] = lambda: None
        self.numbers_given = 0
        self.random = NEVER
        self.services = self._chat(limits or Limits())
        functions = GATEWAY_ROUTES | {key: route.function for key, route in ROUTES.items()}
        self.routes = {key: self._handler_of(function) for key, function in functions.items()}
        self.consumers = {queue: self._handler_of(queue) for queue in QUEUES}
        self.backend = self._handler_of(BACKEND)

    def register(self, name: str) -> User:
        user = User(UserId(f"user-{name}"), Username(name))
        create_user(user, _hash_of_all(), self.now_ms)
        return user

    def connect(self, address: str = "192.0.2.1", origin: str | None = None) -> ConnectionId:
        """Open a socket, including `$connect`."""
        connection_id = ConnectionId(f"connection{self._next_number()}=")
        answer = self._open(connection_id, address, origin)
        if answer["statusCode"] != HTTPStatus.OK:
            raise ConnectionRefusedError(answer["statusCode"])
        self.sockets.open.add(connection_id)
        return connection_id

    def disconnect(self, connection_id: ConnectionId, *, announced: bool = True) -> None:
        """Close a socket, with or without `$disconnect`."""
        self.sockets.open.discard(connection_id)
        if announced:
            self.invoke("$disconnect", connection_id)

    def send(self, connection_id: ConnectionId, frame: Mapping[str, Any] | str) -> Frame | None:
        """Send a frame as the gateway routes it; returns the direct reply, if any."""
        text = frame if isinstance(frame, str) else json.dumps(frame, ensure_ascii=False)
        answer = self.invoke(self._route_of(text), connection_id, text)
        body = answer.get("body")
        if body is None:
            return None
        reply: Frame = json.loads(body)
        return reply

    def invoke(self, route: str, connection_id: ConnectionId, body: str | None = None) -> Answer:
        kind = "DISCONNECT" if body is None else "MESSAGE"
        context = {"routeKey": route, "connectionId": connection_id, "identity": {}}
        context["eventType"] = kind
        answer = self.routes[route]({"requestContext": context, "body": body}, Invocation())
        assert len(answer.get("body", "").encode()) <= MAX_FRAME_BYTES
        return answer

    def consume(self, queue: str, body: str) -> Answer:
        records = [{"messageId": "1", "body": body}]
        return self.consumers[queue]({"Records": records}, Invocation())

    def with_limits(self, **limits: Any) -> Services:  # noqa: ANN401 -- a limit each
        """Give the same services with other limits."""
        return replace(self.services, limits=replace(self.services.limits, **limits))

    def advance_time(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)

    def _handler_of(self, function: str) -> Handler:
        return handler_of(function, lambda: self.services)

    def _open(self, connection_id: ConnectionId, address: str, origin: str | None) -> Answer:
        context = {
            "routeKey": "$connect",
            "eventType": "CONNECT",
            "connectionId": connection_id,
            "identity": {"sourceIp": address},
        }
        headers = {} if origin is None else {"Origin": origin}
        return self.routes["$connect"](
            {"requestContext": context, "headers": headers}, Invocation()
        )

    def _route_of(self, text: str) -> str:
        try:
            # No integer is read: Python makes none of more than 4,300 digits.
            kind = json.loads(text, parse_int=str)["type"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return "$default"
        # API Gateway's own routes too: a frame may name them.
        return kind if isinstance(kind, str) and kind in self.routes else "$default"

    def _next_number(self) -> int:
        self.numbers_given += 1
        return self.numbers_given

    def _files(self) -> FakeFiles | None:
        assert self.has_files is not None, "a client of S3 was made"
        return self.files if self.has_files else None

    def _count(self, name: str, number: int) -> None:
        self.metrics[name] = self.metrics.get(name, 0) + number

    def _pause(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.advance_time(seconds)
        self.on_sleep()

    def _chat(self, limits: Limits) -> Services:
        tokens = Tokens(lambda: SigningKeys("first", {"first": b"k" * 32}), "parley", "parley")
        cursors = Cursors(b"c" * 32)
        return Services(
            limits=limits,
            now_ms=lambda: self.now_ms,
            new_id=lambda: f"conversation-{self._next_number()}",
            random=lambda: self.random,
            sleep=self._pause,
            add_metric=self._count,
            push=lambda: self.sockets,
            publisher=lambda: self.queues,
            files=self._files,
            passwords=lambda: PASSWORDS,
            tokens=lambda: tokens,
            cursors=lambda: cursors,
            external_issuer=lambda: None,
            sinks=lambda: self.sinks,
        )
