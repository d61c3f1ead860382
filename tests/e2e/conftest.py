import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.options import Options
from local.stack import Stack
from testing.http_consumer import HttpConsumer
from testing.live.people import AUTH_DEADLINE_SECONDS, Deployment, Person
from tests.e2e.conformance.users_by_command import UsersByCommand


@pytest.fixture(scope="session")
def consumer() -> Iterator[HttpConsumer]:
    """Give the server that gets an event for each message and change."""
    with HttpConsumer() as consumer:
        yield consumer


@pytest.fixture(scope="session")
def deployment(
    tmp_path_factory: pytest.TempPathFactory, consumer: HttpConsumer
) -> Iterator[Deployment]:
    """The real template on the local stack, on ports and in a folder of its own."""
    folder: Path = tmp_path_factory.mktemp("stack")
    parameters = {
        "AuthDeadlineSeconds": str(AUTH_DEADLINE_SECONDS),
        "WebhookUrl": f"http://127.0.0.1:{consumer.port}/events",
    }
    with Stack(Options.for_tests(folder, parameters, demo=True), print) as stack:
        yield Deployment(stack)


@pytest.fixture(scope="session")
def users(request: pytest.FixtureRequest) -> Deployment | UsersByCommand:
    """Create users for the local stack, or for the deployment that `make conformance` names."""
    if url := os.environ.get("CONFORMANCE_URL"):
        return UsersByCommand(url, os.environ.get("CONFORMANCE_FLAGS", ""))
    local: Deployment = request.getfixturevalue("deployment")
    return local


@pytest.fixture
def alice(users: Deployment | UsersByCommand) -> Iterator[Person]:
    with users.person("alice") as person:
        yield person


@pytest.fixture
def bob(users: Deployment | UsersByCommand) -> Iterator[Person]:
    with users.person("bob") as person:
        yield person


@pytest.fixture
def carol(users: Deployment | UsersByCommand) -> Iterator[Person]:
    with users.person("carol") as person:
        yield person
