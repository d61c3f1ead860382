"""The rules between one client and the functions, from `$connect` to `$disconnect`."""

import asyncio
import json
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl

from websockets.http11 import Request

from local.gateway import events
from local.gateway.control_plane import DeployedRoutes
from local.gateway.events import Client, Handshake, Moment
from local.gateway.functions import Answered, Failed, Functions, Outcome, TimedOut
from local.gateway.handshake import Accepted, Answer, Refused, phrase
from local.gateway.identifiers import new_connection_id
from local.gateway.limits import MESSAGE_BYTES
from local.gateway.routing import Route, RouteTable
from local.gateway.socket import ClientSocket

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class House:
    """What all connections share: the routes, the functions, and who is inside."""

    routes: DeployedRoutes
    functions: Functions
    websocket_path: str = "/ws/chat"
    connections: dict[str, "Connection"] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Run beside everything else; a fault in it is logged, not lost."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            _LOG.error("the front itself failed", exc_info=fault)


class Connection:
    """A client's connection. It is in `House.connections` from entering until leaving."""

    client: Client

    def __init__(self, house: House, socket: ClientSocket) -> None:
        self._house = house
        self.socket = socket

    async def knocked(self, request: Request) -> Answer:
        moment = Moment.now()
        self.client = Client(new_connection_id(), moment.at, _handshake(request, self.socket))
        if request.path.partition("?")[0].rstrip("/") != self._house.websocket_path:
            return Refused(HTTPStatus.FORBIDDEN, self._error("Forbidden", moment))
        return await self._connect(await self._house.routes.refresh(), moment)

    async def _connect(self, table: RouteTable, moment: Moment) -> Answer:
        route = table.find("$connect")
        if route is None:
            return Accepted()
        event = events.connect(table.stage, self.client, moment)
        match await self._invoke(route, event, moment):
            case Answered(status, headers) if status < HTTPStatus.BAD_REQUEST:
                return Accepted(headers.get("sec-websocket-protocol"))
            case Answered(status):
                return Refused(status, self._error(phrase(status), moment))
            case TimedOut():
                return Refused(
                    HTTPStatus.GATEWAY_TIMEOUT, self._error("Endpoint request timed out", moment)
                )
            case Failed():
                return Refused(HTTPStatus.BAD_GATEWAY, self._error("Internal server error", moment))

    def entered(self) -> None:
        self._house.connections[self.client.connection_id] = self

    def said(self, text: str) -> None:
        # Not awaited: API Gateway handles the messages of one connection at the same time.
        self._house.begin(self._handle(self._house.routes.table, text))

    def left(self, code: int, reason: str) -> None:
        del self._house.connections[self.client.connection_id]
        self._house.begin(self._take_leave(self._house.routes.table, code, reason))

    async def _handle(self, table: RouteTable, text: str) -> None:
        moment = Moment.now()
        route = table.select(text)
        if route is None:
            self._reply(self._error("Forbidden", moment))
            return
        event = events.message(table.stage, self.client, moment, route.key, text)
        match await self._invoke(route, event, moment):
            case Answered(body=body) if len(body.encode()) <= MESSAGE_BYTES:
                # An answer without a body arrives as an empty frame:
                # https://github.com/serverless/serverless/issues/6816
                if route.replies:
                    self._reply(body)
            case _:
                self._reply(self._error("Internal server error", moment))

    async def _take_leave(self, table: RouteTable, code: int, reason: str) -> None:
        route = table.find("$disconnect")
        if route is not None:
            moment = Moment.now()
            event = events.disconnect(table.stage, self.client, moment, code, reason)
            await self._invoke(route, event, moment)

    async def _invoke(self, route: Route, event: events.Event, moment: Moment) -> Outcome:
        outcome = await self._house.functions.invoke(route, event)
        if not isinstance(outcome, Answered):
            about = {"connection": self.client.connection_id, "request": moment.request_id}
            _LOG.warning("%s failed: %s", route.key, outcome, extra={"about": about})
        return outcome

    def _reply(self, text: str) -> None:
        if self.client.connection_id in self._house.connections:
            self.socket.send(text.encode())

    def _error(self, message: str, moment: Moment) -> str:
        about = {"connectionId": self.client.connection_id, "requestId": moment.request_id}
        return json.dumps({"message": message} | about)


def _handshake(request: Request, socket: ClientSocket) -> Handshake:
    query = parse_qsl(request.path.partition("?")[2], keep_blank_values=True)
    headers = tuple(request.headers.raw_items())
    return Handshake(headers, tuple(query), socket.peer, socket.port)
