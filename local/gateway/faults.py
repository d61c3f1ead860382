"""Faults that a test orders at `/_faults`: wrong answers of `@connections`, lost pushes.

They stand for what AWS does now and then and nobody can provoke: throttling, 5xx, silence.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import Meta

from local.gateway.connection import Connection

PATH = "/_faults"
_ALL = "*"

type Answer = Literal["delivered", "hang"] | Annotated[int, Meta(ge=400, le=599)]


@dataclass(slots=True)
class Fault:
    """What happens to posts instead of delivery.

    `answer` is an HTTP status, "hang" for no answer, or "delivered" for 200 without delivery. The
    fault applies to a `share` of the posts, and at most `times` times if that is set.
    """

    answer: Answer
    share: float = 1.0
    times: int | None = None

    def applies(self, generator: random.Random) -> bool:
        if self.times == 0 or generator.random() >= self.share:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Faults:
    """The active faults: of one connection, or of all of them (under the id `*`)."""

    def __init__(self) -> None:
        self._by_connection: dict[str, Fault] = {}
        self._generator = random.Random(0)  # noqa: S311 - repeatable, not secret

    def put(self, connection_id: str, fault: Fault) -> None:
        self._by_connection[connection_id] = fault

    def clear(self) -> None:
        self._by_connection.clear()

    def next_for(self, connection_id: str) -> Answer | None:
        """Give the answer that a fault prescribes for this post, if one applies."""
        if not self._by_connection:
            return None
        for key in (connection_id, _ALL):
            fault = self._by_connection.get(key)
            if fault is not None and fault.applies(self._generator):
                return fault.answer
        return None


class FaultOrder(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """The body of a POST. Without a connection it is for all; `cut` drops the connection."""

    connection_id: str = _ALL
    answer: Answer | None = None
    share: float = 1.0
    times: int | None = None
    cut: bool = False


class FaultApi:
    """`/_faults`: GET lists the connections, POST orders a fault, DELETE clears them all."""

    def __init__(self, connections: Mapping[str, Connection], faults: Faults) -> None:
        self._connections = connections
        self._faults = faults

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        match request.method:
            case "GET":
                return web.json_response({"connections": self._list()})
            case "POST":
                return self._order(await request.read())
            case "DELETE":
                self._faults.clear()
                return web.Response(status=HTTPStatus.NO_CONTENT)
        return web.Response(status=HTTPStatus.METHOD_NOT_ALLOWED)

    def _list(self) -> list[dict[str, object]]:
        return [
            {"connectionId": connection_id} | connection.describe()
            for connection_id, connection in self._connections.items()
        ]

    def _order(self, body: bytes) -> web.StreamResponse:
        try:
            order = msgspec.json.decode(body, type=FaultOrder)
        except msgspec.DecodeError as error:
            return web.Response(status=HTTPStatus.BAD_REQUEST, text=str(error))
        if order.cut:
            self._cut(order.connection_id)
        if order.answer is not None:
            self._faults.put(order.connection_id, Fault(order.answer, order.share, order.times))
        return web.Response(status=HTTPStatus.NO_CONTENT)

    def _cut(self, ordered_id: str) -> None:
        for connection_id, connection in list(self._connections.items()):
            if ordered_id in (connection_id, _ALL):
                connection.socket.abort()
