"""Closing connections: what API Gateway answers is never ignored."""

from chat.actions.services import Services
from chat.protocol.ids import ConnectionId
from chat.push.post import Outcome

_CLOSED = {Outcome.DELIVERED, Outcome.GONE}


class NotClosed(RuntimeError):
    """API Gateway refused to close a connection: to be tried again later."""


def close(connection_id: ConnectionId, services: Services) -> None:
    """Close a connection.

    Raises:
        NotClosed
    """
    outcome = services.push().close_connection(connection_id)
    if outcome not in _CLOSED:
        raise NotClosed(outcome.value)


def close_sooner_or_later(connection_id: ConnectionId, services: Services) -> None:
    """Close a connection that is not authenticated, or have a queue try until it is closed."""
    try:
        close(connection_id, services)
    except NotClosed:
        services.publisher().publish_auth_deadline(connection_id, 1)
