"""`@connections`: how functions push to, look at and close connections.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
"""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from aiohttp import web
from websockets.frames import CloseCode

from local.gateway.connection import Connection, House
from local.gateway.faults import Faults
from local.gateway.identifiers import has_form_of_a_connection_id, new_id
from local.gateway.limits import MESSAGE_BYTES

# With or without a stage before it, as with a custom domain or without.
PATH = re.compile(r"(?:/[\w-]+)?/@connections/(?P<id>.+)")
_SIGNED = re.compile(r"AWS4-HMAC-SHA256 .*/execute-api/aws4_request")


class ManagementApi:
    def __init__(self, house: House, faults: Faults) -> None:
        self._connections = house.connections
        self._faults = faults

    async def answer(self, request: web.BaseRequest, connection_id: str) -> web.StreamResponse:
        # The emulator knows the functions' keys, not we: that a signature is there is all we see.
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
            return await _misbehave(fault)
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
        return _gone(connection_id) if connection is None else web.json_response(seen(connection))

    def _delete(self, connection_id: str) -> web.StreamResponse:
        connection = self._connections.get(connection_id)
        if connection is None:
            return _gone(connection_id)
        # As seen by clients that AWS disconnects in this way.
        connection.socket.close(CloseCode.NORMAL_CLOSURE, "Connection Closed Normally")
        return _done(HTTPStatus.NO_CONTENT)


def seen(connection: Connection) -> dict[str, object]:
    """Describe a connection as GetConnection does."""
    client = connection.client
    opened = datetime.fromtimestamp(client.connected_at / 1000, UTC)
    active = datetime.now(UTC) - timedelta(seconds=connection.socket.idle_seconds)
    return {
        "connectedAt": _rfc3339(opened),
        "identity": {
            "sourceIp": client.handshake.source_ip,
            "userAgent": client.handshake.user_agent,
        },
        "lastActiveAt": _rfc3339(max(active, opened)),
    }


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _done(status: int) -> web.Response:
    return web.Response(status=status, headers={"x-amzn-RequestId": new_id()})


def _gone(connection_id: str) -> web.Response:
    if not has_form_of_a_connection_id(connection_id):
        return _error(400, "BadRequest", f"Invalid connectionId: {connection_id}")
    return _error(410, "Gone")


def _error(status: int, kind: str, message: str | None = None) -> web.Response:
    """Answer as AWS does: the kind in a header, and no body where the kind says it all."""
    headers = {"x-amzn-RequestId": new_id(), "x-amzn-ErrorType": f"{kind}Exception"}
    if message is None:
        return web.Response(status=status, headers=headers)
    return web.json_response({"message": message}, status=status, headers=headers)


async def _misbehave(fault: str | int) -> web.StreamResponse:
    match fault:
        case int(status):
            kinds = {410: "Gone", 429: "LimitExceeded", 413: "PayloadTooLarge", 403: "Forbidden"}
            return _error(status, kinds.get(status, "InternalServerError"))
        case "hang":
            # Ends when the caller gives up.
            await asyncio.Event().wait()
    return _done(HTTPStatus.OK)
