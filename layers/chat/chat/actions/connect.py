from hmac import compare_digest

from msgspec import Struct

from chat.actions.services import Services
from chat.protocol.ids import ConnectionId
from chat.storage.connections import put_connection


class ForwardedClient(Struct, frozen=True):
    """Whom a proxy in front says it speaks for, and the key that shows whether it is ours."""

    address: str
    key: str


class ConnectRequest(Struct, frozen=True):
    """A WebSocket that a client at an address asks for, out of a page of an origin if a browser."""

    connection_id: ConnectionId
    address: str
    origin: str | None
    forwarded: ForwardedClient | None = None


class OriginRefused(Exception):
    """No page of this origin may connect."""


def connect(opening: ConnectRequest, services: Services) -> None:
    """Store a connection, and have it greeted and its deadline kept by other functions.

    Nothing can be pushed to it before this has been answered.

    Raises:
        OriginRefused: there is a list of allowed origins, and a browser's is not on it.
    """
    allowed = services.limits.allowed_origins
    if allowed and opening.origin is not None and opening.origin not in allowed:
        raise OriginRefused
    put_connection(opening.connection_id, _address(opening, services), services.now_ms())
    services.deferred().greet(opening.connection_id)
    services.deferred().auth_deadline(opening.connection_id, services.limits.auth_deadline_seconds)


def _address(opening: ConnectRequest, services: Services) -> str:
    """Believe our own proxy: what it says of an address, anybody can say who connects directly."""
    key, forwarded = services.limits.edge_key, opening.forwarded
    if key and forwarded and compare_digest(forwarded.key.encode(), key.encode()):
        return forwarded.address
    return opening.address
