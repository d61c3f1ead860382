"""`/_faults`: how a test orders faults and finds the connections to order them for."""

import msgspec
from aiohttp import web

from local.gateway.connection import House
from local.gateway.faults import Answer, Fault, Faults
from local.gateway.management import seen

PATH = "/_faults"


class Order(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """One fault. Without a connection it holds for all; `cut` breaks the connection off."""

    connection_id: str = "*"
    answer: Answer | None = None
    share: float = 1.0
    times: int | None = None
    cut: bool = False


class FaultControl:
    def __init__(self, house: House, faults: Faults) -> None:
        self._connections = house.connections
        self._faults = faults

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        match request.method:
            case "GET":
                return web.json_response({"connections": self._seen()})
            case "POST":
                return self._obey(await request.read())
            case "DELETE":
                self._faults.clear()
                return web.Response(status=204)
        return web.Response(status=405)

    def _seen(self) -> list[dict[str, object]]:
        return [{"connectionId": key} | seen(found) for key, found in self._connections.items()]

    def _obey(self, body: bytes) -> web.StreamResponse:
        try:
            order = msgspec.json.decode(body, type=Order)
        except msgspec.DecodeError as error:
            return web.Response(status=400, text=str(error))
        if order.cut:
            self._cut(order.connection_id)
        if order.answer is not None:
            self._faults.put(order.connection_id, Fault(order.answer, order.share, order.times))
        return web.Response(status=204)

    def _cut(self, connection_id: str) -> None:
        for key, connection in list(self._connections.items()):
            if connection_id in (key, "*"):
                connection.socket.abort()
