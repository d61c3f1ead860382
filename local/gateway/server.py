"""The listening port: WebSockets to the chat, all other HTTP to `@connections` or the web app."""

import argparse
import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp
from aiohttp import web
from websockets.frames import CloseCode

from local.aws import logical_name_in
from local.gateway import faults, management
from local.gateway.connection import Connection, GatewayState
from local.gateway.control_plane import ControlPlane, DeployedRoutes
from local.gateway.faults import FaultApi, Faults
from local.gateway.functions import Functions
from local.gateway.management import ManagementApi
from local.gateway.quotas import TimeLimits
from local.gateway.signed_http import SignedHttp
from local.gateway.socket import ClientSocket
from local.gateway.static_files import StaticFiles

_DISCONNECT_GRACE_SECONDS = 2.0

_MAX_HEAD_BYTES = 16 * 1024
_HANG_UP_SECONDS = 1
"""How long a client may take to close its TCP connection when the server closes."""
_UPGRADE = re.compile(rb"\r\nupgrade:[ \t]*websocket[ \t]*\r\n", re.IGNORECASE)


type _MakeProtocol = Callable[[], asyncio.Protocol]


@dataclass(frozen=True, slots=True)
class HttpRouter:
    """Answers plain HTTP requests, by their paths."""

    management: ManagementApi
    static_files: StaticFiles
    websocket_path: str
    fault_api: FaultApi | None = None

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if found := management.PATH.fullmatch(request.path):
            return await self.management.answer(request, found["id"])
        if self.fault_api and request.path == faults.PATH:
            return await self.fault_api.answer(request)
        if request.path == self.websocket_path:
            error = {"message": "Upgrade Required"}
            return web.json_response(error, status=HTTPStatus.UPGRADE_REQUIRED)
        return self.static_files.answer(request)


class ProtocolSniffer(asyncio.Protocol):
    """A connection whose first request decides between HTTP and WebSocket."""

    def __init__(self, make_http: _MakeProtocol, make_websocket: _MakeProtocol) -> None:
        self._make_http = make_http
        self._make_websocket = make_websocket
        self._transport: asyncio.Transport
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - asyncio's signature is wider
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._head += data
        if b"\r\n\r\n" in self._head or len(self._head) > _MAX_HEAD_BYTES:
            upgrades = _UPGRADE.search(self._head)
            self._hand_over(self._make_websocket() if upgrades else self._make_http())

    def _hand_over(self, protocol: asyncio.Protocol) -> None:
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        protocol.data_received(self._head)


class Server:
    """Listens until closed.

    Closing closes each client's socket, waits for its `$disconnect`, and leaves no socket open.
    """

    def __init__(self, gateway: GatewayState, router: HttpRouter, limits: TimeLimits) -> None:
        self._gateway = gateway
        self._limits = limits
        self._http = web.Server(
            router.answer, access_log=None, handler_cancellation=True, keepalive_timeout=75
        )

    async def listen(self, host: str, port: int) -> int:
        """Listen, and give the port: a free one if `port` is 0."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._sniff, host, port, backlog=1024)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self, grace_seconds: float) -> None:
        self._server.close()
        for connection in list(self._gateway.connections.values()):
            connection.socket.close(CloseCode.GOING_AWAY, "Going away")
        if self._gateway.tasks:
            await asyncio.wait(set(self._gateway.tasks), timeout=grace_seconds)
        await self._http.shutdown(timeout=0.1)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._server.wait_closed(), _HANG_UP_SECONDS)
        self._server.abort_clients()
        await self._server.wait_closed()

    def _sniff(self) -> ProtocolSniffer:
        return ProtocolSniffer(self._http, self._make_socket)

    def _make_socket(self) -> ClientSocket:
        return ClientSocket(lambda socket: Connection(self._gateway, socket), self._limits)


@dataclass(frozen=True, slots=True)
class OpenGateway:
    port: int
    routes: DeployedRoutes


@asynccontextmanager
async def open_gateway(options: argparse.Namespace) -> AsyncIterator[OpenGateway]:
    """Accept clients while the context lasts; then close their connections."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(sock_connect=5)
    ) as session:
        routes = await _read_routes(options, session)
        server = _assemble(options, session, routes)
        port = await server.listen(options.host, options.port)
        try:
            yield OpenGateway(port, routes)
        finally:
            await server.close(_DISCONNECT_GRACE_SECONDS)


async def _read_routes(
    options: argparse.Namespace, session: aiohttp.ClientSession
) -> DeployedRoutes:
    plane = ControlPlane(
        SignedHttp(session, "apigateway", options.endpoint),
        options.api_id,
        options.integration_seconds,
        logical_name_in(options.endpoint) if options.logical_names else None,
    )
    return DeployedRoutes(plane, await plane.read())


def _assemble(
    options: argparse.Namespace, session: aiohttp.ClientSession, routes: DeployedRoutes
) -> Server:
    lambda_api = SignedHttp(session, "lambda", options.lambda_endpoint or options.endpoint)
    gateway = GatewayState(routes, Functions(lambda_api, options.concurrency), options.path)
    active_faults = Faults()
    router = HttpRouter(
        ManagementApi(gateway.connections, active_faults),
        # The emulator that deployed the API also has the bucket.
        StaticFiles(options.web_app, options.beside, options.endpoint),
        options.path,
        FaultApi(gateway.connections, active_faults) if options.faults else None,
    )
    return Server(gateway, router, _time_limits(options))


def _time_limits(options: argparse.Namespace) -> TimeLimits:
    return TimeLimits(
        options.idle_seconds,
        options.duration_seconds,
        options.integration_seconds,
        options.closing_seconds,
        options.full_buffer_seconds,
    )
