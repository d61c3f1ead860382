"""What happens between one client and the functions, from `$connect` to `$disconnect`."""

import asyncio
import json
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import parse_qsl

from websockets.http11 import Request

from local.gateway import events
from local.gateway.control_plane import DeployedRoutes
from local.gateway.events import ClientInfo, HandshakeRequest, RequestInfo, new_connection_id
from local.gateway.functions import Answered, Failed, Functions, Outcome, TimedOut
from local.gateway.quotas import MESSAGE_BYTES
from local.gateway.routing import Route, RouteTable
from local.gateway.socket import Accepted, ClientSocket, Decision, Rejected, reason_phrase

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class GatewayState:
    """What all connections share: the routes, the functions, and the open connections by id."""

    routes: DeployedRoutes
    functions: Functions
    websocket_path: str = "/ws/chat"
    connections: dict[str, "Connection"] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def run_in_background(self, work: Coroutine[None, None, None]) -> None:
        """Run beside everything else; an exception of `work` is logged."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._on_done)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _LOG.error("the gateway itself failed", exc_info=error)


class Connection:
    """A client's connection. It is in `GatewayState.connections` while it is open."""

    client: ClientInfo

    def __init__(self, gateway: GatewayState, socket: ClientSocket) -> None:
        self._gateway = gateway
        self.socket = socket

    async def on_handshake(self, handshake: Request) -> Decision:
        request = RequestInfo.now()
        self.client = ClientInfo(
            new_connection_id(), request.arrived_at, _handshake_request(handshake, self.socket)
        )
        if handshake.path.partition("?")[0].rstrip("/") != self._gateway.websocket_path:
            return Rejected(HTTPStatus.FORBIDDEN, self._error("Forbidden", request))
        return await self._run_connect(await self._gateway.routes.refresh(), request)

    async def _run_connect(self, table: RouteTable, request: RequestInfo) -> Decision:
        route = table.find("$connect")
        if route is None:
            return Accepted()
        event = events.connect(table.stage, self.client, request)
        match await self._invoke(route, event, request):
            case Answered(status, headers) if status < HTTPStatus.BAD_REQUEST:
                return Accepted(headers.get("sec-websocket-protocol"))
            case Answered(status):
                return Rejected(status, self._error(reason_phrase(status), request))
            case TimedOut():
                timed_out = self._error("Endpoint request timed out", request)
                return Rejected(HTTPStatus.GATEWAY_TIMEOUT, timed_out)
            case Failed():
                failed = self._error("Internal server error", request)
                return Rejected(HTTPStatus.BAD_GATEWAY, failed)

    def on_open(self) -> None:
        self._gateway.connections[self.client.connection_id] = self

    def on_message(self, text: str) -> None:
        # Not awaited: API Gateway handles the messages of one connection at the same time.
        self._gateway.run_in_background(self._handle(self._gateway.routes.table, text))

    def on_close(self, code: int, reason: str) -> None:
        del self._gateway.connections[self.client.connection_id]
        table = self._gateway.routes.table
        self._gateway.run_in_background(self._run_disconnect(table, code, reason))

    def describe(self) -> dict[str, object]:
        """Describe the connection as GetConnection does."""
        opened = datetime.fromtimestamp(self.client.connected_at / 1000, UTC)
        active = datetime.now(UTC) - timedelta(seconds=self.socket.idle_seconds)
        handshake = self.client.handshake
        return {
            "connectedAt": _rfc3339(opened),
            "identity": {"sourceIp": handshake.source_ip, "userAgent": handshake.user_agent},
            "lastActiveAt": _rfc3339(max(active, opened)),
        }

    async def _handle(self, table: RouteTable, text: str) -> None:
        request = RequestInfo.now()
        route = table.select(text)
        if route is None:
            self._reply(self._error("Forbidden", request))
            return
        event = events.message(table.stage, self.client, request, route.key, text)
        match await self._invoke(route, event, request):
            case Answered(body=body) if len(body.encode()) <= MESSAGE_BYTES:
                # An answer without a body arrives as an empty frame:
                # https://github.com/serverless/serverless/issues/6816
                if route.replies:
                    self._reply(body)
            case _:
                self._reply(self._error("Internal server error", request))

    async def _run_disconnect(self, table: RouteTable, code: int, reason: str) -> None:
        route = table.find("$disconnect")
        if route is not None:
            request = RequestInfo.now()
            event = events.disconnect(table.stage, self.client, request, code, reason)
            await self._invoke(route, event, request)

    async def _invoke(self, route: Route, event: events.Event, request: RequestInfo) -> Outcome:
        outcome = await self._gateway.functions.invoke(route, event)
        if not isinstance(outcome, Answered):
            context = {"connection": self.client.connection_id, "request": request.request_id}
            _LOG.warning("%s failed: %s", route.key, outcome, extra={"context": context})
        return outcome

    def _reply(self, text: str) -> None:
        if self.client.connection_id in self._gateway.connections:
            self.socket.send(text.encode())

    def _error(self, message: str, request: RequestInfo) -> str:
        ids = {"connectionId": self.client.connection_id, "requestId": request.request_id}
        return json.dumps({"message": message} | ids)


def _handshake_request(handshake: Request, socket: ClientSocket) -> HandshakeRequest:
    query = parse_qsl(handshake.path.partition("?")[2], keep_blank_values=True)
    headers = tuple(handshake.headers.raw_items())
    return HandshakeRequest(headers, tuple(query), socket.peer, socket.port)


def _rfc3339(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
