from hmac import compare_digest

from msgspec import Struct

from chat.actions.services import Services
from chat.protocol.ids import ConnectionId
from chat.storage.connections import put_connection


class ForwardedClient(Struct, frozen=True):
    """The client's address by a proxy's header, and the key that proves the proxy is ours."""

    address: str
    key: str


class ConnectRequest(Struct, frozen=True):
    """A client's request for a WebSocket: its address and, from a browser, its page's origin."""

    connection_id: ConnectionId
    address: str
    origin: str | None
    forwarded: ForwardedClient | None = None


class OriginRefused(Exception):
    """No page of this origin may connect."""


def connect(request: ConnectRequest, services: Services) -> None:
    """Store a connection, and have it greeted and its deadline kept by other functions.

    Nothing can be pushed to it before this has been answered.

    Raises:
        OriginRefused: there is a list of allowed origins, and a browser's is not on it.
    """
    allowed = services.limits.allowed_origins
    if allowed and request.origin is not None and request.origin not in allowed:
        raise OriginRefused
    put_connection(request.connection_id, _address(request, services), services.now_ms())
    services.publisher().publish_greet(request.connection_id)
    services.publisher().publish_auth_deadline(
        request.connection_id, services.limits.auth_deadline_seconds
    )


def _address(request: ConnectRequest, services: Services) -> str:
    """Trust the header of our own proxy alone: a client can send the same header itself."""
    key, forwarded = services.limits.edge_key, request.forwarded
    if key and forwarded and compare_digest(forwarded.key.encode(), key.encode()):
        return forwarded.address
    return request.address
