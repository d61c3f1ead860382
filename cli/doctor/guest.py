"""A user who is made for a check and comes over the WebSocket, and of whom nothing stays."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from chat.protocol.ids import UserId, Username
from chat.storage.users import User, create_user
from cli import accounts
from cli.deployment import Deployment
from cli.doctor.visitor import Visitor


class Guest(NamedTuple):
    user: User
    client: Visitor


@contextmanager
def guest(name: str, deployment: Deployment) -> Iterator[Guest]:
    """Give a user who is connected, greeted and authenticated."""
    services = deployment.services
    user = User(UserId(services.new_id()), Username(f"doctor-{name}-{secrets.token_hex(4)}"))
    password = secrets.token_urlsafe()
    create_user(user, services.passwords().hash(password), services.now_ms())
    try:
        with Visitor(deployment.websocket_url) as client:
            client.hear("connected")
            client.ask("authenticate", data={"username": user.username, "password": password})
            yield Guest(user, client)
    finally:
        accounts.delete(user, services)
