"""The gateway on a port of its own, clients for it, and a function's way to push."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from threading import Event, Thread
from typing import Any

from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from local.aws import session
from local.fault_client import FaultClient
from local.gateway.__main__ import parser
from local.gateway.control_plane import DeployedRoutes
from local.gateway.server import open_gateway
from tests.integration.local.scripted_aws import PATIENCE_SECONDS, ScriptedAws


@dataclass
class ChatClient:
    """A client's socket, and the connection id that `$connect` got."""

    socket: ClientConnection
    connection_id: str

    def sends(self, **frame: object) -> None:
        self.socket.send(json.dumps(frame))

    def receives(self) -> Any:  # noqa: ANN401 - whatever JSON the test sent
        return json.loads(self.socket.recv(timeout=PATIENCE_SECONDS))

    def is_closed_with(self) -> tuple[int, str]:
        try:
            while True:
                self.socket.recv(timeout=PATIENCE_SECONDS)
        except ConnectionClosed as closed:
            return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")


@dataclass
class GatewayUnderTest:
    port: int
    aws: ScriptedAws
    routes: DeployedRoutes
    clients: ExitStack = field(default_factory=ExitStack)

    def connects(self, path: str = "/ws/chat") -> ChatClient:
        socket = self.opens(path)
        event = self.aws.next_event()
        return ChatClient(socket, event["requestContext"]["connectionId"])

    def opens(self, path: str, subprotocols: list[Subprotocol] | None = None) -> ClientConnection:
        connecting = connect(
            f"ws://127.0.0.1:{self.port}{path}",
            subprotocols=subprotocols,
            compression=None,
            user_agent_header="parley-test",
            proxy=None,
        )
        return self.clients.enter_context(connecting)

    @property
    def management(self) -> ApiGatewayManagementApiClient:
        url = f"http://127.0.0.1:{self.port}"
        return session().client("apigatewaymanagementapi", endpoint_url=url)

    def pushes(self, connection_id: str, data: bytes, patience: float = PATIENCE_SECONDS) -> int:
        """Push as a function does, and give the status. The SDK would retry some statuses."""
        signed = {"Authorization": "AWS4-HMAC-SHA256 a/execute-api/aws4_request, b"}
        return self.asks("POST", f"/@connections/{connection_id}", data, signed, patience).status

    @property
    def faults(self) -> FaultClient:
        return FaultClient(self.port)

    def asks(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=patience)
        self.clients.callback(connection.close)
        connection.request(method, path, body, headers or {})
        return connection.getresponse()


@contextmanager
def gateway_for(aws: ScriptedAws, *options: str) -> Iterator[GatewayUnderTest]:
    """Run the gateway in a thread, with the options of its command."""
    chosen = parser().parse_args(["--port=0", f"--endpoint={aws.url}", *options])
    opened: list[GatewayUnderTest] = []
    is_open, loop = Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        async with open_gateway(chosen) as gateway:
            opened.append(GatewayUnderTest(gateway.port, aws, gateway.routes))
            is_open.set()
            await stop.wait()

    thread = Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    assert is_open.wait(PATIENCE_SECONDS)
    try:
        with opened[0].clients:
            yield opened[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
