from collections.abc import Iterator
from pathlib import Path

import pytest

from local.options import Options
from local.stack import Stack
from tests.e2e.people import Deployment, Person

AUTH_DEADLINE_SECONDS = 15


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The real template on the local stack, on ports and in a folder of its own."""
    folder: Path = tmp_path_factory.mktemp("stack")
    parameters = {"AuthDeadlineSeconds": str(AUTH_DEADLINE_SECONDS)}
    with Stack(Options.for_tests(folder, parameters, demo=True), print) as stack:
        yield Deployment(stack)


@pytest.fixture
def alice(deployment: Deployment) -> Iterator[Person]:
    with deployment.person("alice") as person:
        yield person


@pytest.fixture
def bob(deployment: Deployment) -> Iterator[Person]:
    with deployment.person("bob") as person:
        yield person


@pytest.fixture
def carol(deployment: Deployment) -> Iterator[Person]:
    with deployment.person("carol") as person:
        yield person
