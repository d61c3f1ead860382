"""A user who is created for a check, connected over the WebSocket, and deleted after the check."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from chat.protocol.ids import Username
from chat.storage.users import User
from cli.admin import users
from cli.deployment import Deployment
from cli.doctor.client import Client


class TemporaryUser(NamedTuple):
    user: User
    client: Client


@contextmanager
def temporary_user(name: str, deployment: Deployment) -> Iterator[TemporaryUser]:
    """Give a user who is connected, greeted and authenticated."""
    username = Username(f"doctor-{name}-{secrets.token_hex(4)}")
    password = secrets.token_urlsafe()
    user = users.create(username, password, deployment.services)
    try:
        with Client(deployment.websocket_url) as client:
            client.receive("connected")
            client.request("authenticate", data={"username": username, "password": password})
            yield TemporaryUser(user, client)
    finally:
        users.delete(user, deployment.services)
