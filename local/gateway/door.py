"""The listening port: WebSockets to the chat, all other HTTP to the management API or the page."""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from local.gateway import fault_control, management
from local.gateway.connection import Connection, House
from local.gateway.fault_control import FaultControl
from local.gateway.limits import TimeLimits
from local.gateway.management import ManagementApi
from local.gateway.socket import ClientSocket
from local.gateway.static_files import StaticFiles

_HEAD_BYTES = 16 * 1024
_GOODBYE_SECONDS = 1
"""How long a guest who was sent away may take to hang up."""
_UPGRADE = re.compile(rb"\r\nupgrade:[ \t]*websocket[ \t]*\r\n", re.IGNORECASE)


type _Make = Callable[[], asyncio.Protocol]


@dataclass(frozen=True, slots=True)
class Site:
    """What plain HTTP requests find."""

    management: ManagementApi
    static_files: StaticFiles
    websocket_path: str
    fault_control: FaultControl | None = None

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if found := management.PATH.fullmatch(request.path):
            return await self.management.answer(request, found["id"])
        if self.fault_control and request.path == fault_control.PATH:
            return await self.fault_control.answer(request)
        if request.path == self.websocket_path:
            refusal = {"message": "Upgrade Required"}
            return web.json_response(refusal, status=HTTPStatus.UPGRADE_REQUIRED)
        return self.static_files.answer(request)


class Visitor(asyncio.Protocol):
    """A connection that has not said yet what it is: its first request decides."""

    def __init__(self, make_http: _Make, make_websocket: _Make) -> None:
        self._make_http = make_http
        self._make_websocket = make_websocket
        self._transport: asyncio.Transport
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - asyncio's signature is wider
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._head += data
        if b"\r\n\r\n" in self._head or len(self._head) > _HEAD_BYTES:
            upgrades = _UPGRADE.search(self._head)
            self._hand_over(self._make_websocket() if upgrades else self._make_http())

    def _hand_over(self, protocol: asyncio.Protocol) -> None:
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        protocol.data_received(self._head)


class Door:
    """Listens until closed.

    Closing sends the guests away, waits for their `$disconnect`, and leaves no socket open.
    """

    def __init__(self, house: House, site: Site, limits: TimeLimits) -> None:
        self._house = house
        self._limits = limits
        self._http = web.Server(
            site.answer, access_log=None, handler_cancellation=True, keepalive_timeout=75
        )

    async def open(self, host: str, port: int) -> int:
        """Listen, and give the port: the one chosen, if it was 0."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._receive, host, port, backlog=1024)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self, patience_seconds: float) -> None:
        self._server.close()
        for connection in list(self._house.connections.values()):
            connection.socket.close(1001, "Going away")
        if self._house.tasks:
            await asyncio.wait(set(self._house.tasks), timeout=patience_seconds)
        await self._http.shutdown(timeout=0.1)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._server.wait_closed(), _GOODBYE_SECONDS)
        self._server.abort_clients()
        await self._server.wait_closed()

    def _receive(self) -> Visitor:
        return Visitor(self._http, self._make_socket)

    def _make_socket(self) -> ClientSocket:
        return ClientSocket(lambda socket: Connection(self._house, socket), self._limits)
