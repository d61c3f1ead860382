"""`@connections`: how functions push to, look at and close connections.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
"""

import asyncio
import re
from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web
from websockets.frames import CloseCode

from local.gateway.connection import Connection
from local.gateway.events import looks_like_connection_id, new_id
from local.gateway.faults import Faults
from local.gateway.quotas import MESSAGE_BYTES

# A stage may stand before it: API Gateway's own address has one, a custom domain has none.
PATH = re.compile(r"(?:/[\w-]+)?/@connections/(?P<id>.+)")
_SIGNED = re.compile(r"AWS4-HMAC-SHA256 .*/execute-api/aws4_request")


class ManagementApi:
    def __init__(self, connections: Mapping[str, Connection], faults: Faults) -> None:
        self._connections = connections
        self._faults = faults

    async def answer(self, request: web.BaseRequest, connection_id: str) -> web.StreamResponse:
        # The emulator has the functions' keys. So the signature must be there, but is not verified.
        if not _SIGNED.match(request.headers.get("Authorization", "")):
            return _error(403, "MissingAuthenticationToken", "Missing Authentication Token")
        match request.method:
            case "POST":
                return await self._post(connection_id, await request.read())
            case "GET":
                return self._get(connection_id)
            case "DELETE":
                return self._delete(connection_id)
        return _error(403, "MissingAuthenticationToken", "Missing Authentication Token")

    async def _post(self, connection_id: str, data: bytes) -> web.StreamResponse:
        fault = self._faults.next_for(connection_id)
        if fault is not None:
            return await _simulate(fault)
        connection = self._connections.get(connection_id)
        if connection is None:
            return _gone(connection_id)
        if len(data) > MESSAGE_BYTES:
            return _error(413, "PayloadTooLarge", "Message too long")
        if connection.socket.is_stuck:
            return _error(429, "LimitExceeded")
        connection.socket.send(data)
        return _done(HTTPStatus.OK)

    def _get(self, connection_id: str) -> web.StreamResponse:
        connection = self._connections.get(connection_id)
        if connection is None:
            return _gone(connection_id)
        return web.json_response(connection.describe())

    def _delete(self, connection_id: str) -> web.StreamResponse:
        connection = self._connections.get(connection_id)
        if connection is None:
            return _gone(connection_id)
        # What clients that AWS disconnects in this way report.
        connection.socket.close(CloseCode.NORMAL_CLOSURE, "Connection Closed Normally")
        return _done(HTTPStatus.NO_CONTENT)


def _done(status: int) -> web.Response:
    return web.Response(status=status, headers={"x-amzn-RequestId": new_id()})


def _gone(connection_id: str) -> web.Response:
    if not looks_like_connection_id(connection_id):
        return _error(400, "BadRequest", f"Invalid connectionId: {connection_id}")
    return _error(410, "Gone")


def _error(status: int, kind: str, message: str | None = None) -> web.Response:
    """Answer as AWS does: the kind in a header, and a body only with a message."""
    headers = {"x-amzn-RequestId": new_id(), "x-amzn-ErrorType": f"{kind}Exception"}
    if message is None:
        return web.Response(status=status, headers=headers)
    return web.json_response({"message": message}, status=status, headers=headers)


async def _simulate(fault: str | int) -> web.StreamResponse:
    match fault:
        case int(status):
            kinds = {410: "Gone", 429: "LimitExceeded", 413: "PayloadTooLarge", 403: "Forbidden"}
            return _error(status, kinds.get(status, "InternalServerError"))
        case "hang":
            # Ends when the caller gives up.
            await asyncio.Event().wait()
    return _done(HTTPStatus.OK)
