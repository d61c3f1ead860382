"""Users of any deployment, created and deleted by the operator's command."""

import os
import shlex
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from chat.protocol.ids import UserId, Username
from chat.storage.users import User
from testing.live.people import PASSWORD, Person
from tests.e2e.shell import Shell


class UsersByCommand:
    """Creates users for a WebSocket address, by the command with these flags."""

    def __init__(self, url: str, flags: str) -> None:
        self._url = url
        self._shell = Shell(shlex.split(flags), os.environ)

    @contextmanager
    def person(self, name: str) -> Iterator[Person]:
        """Give a new user, until the block ends."""
        username = f"{name}-{uuid.uuid4().hex[:8]}"
        made = self._shell.reads(
            "users", "create", username, "--password-stdin", answering=PASSWORD
        )
        person = Person(self._url, User(UserId(made["user_id"]), Username(username)))
        try:
            yield person
        finally:
            person.leaves()
            self._shell.does("users", "delete", username, "--yes")
