from collections.abc import Iterator

import pytest
from moto import mock_aws

from chat.runtime.metrics import write_counts
from tests.world.people import Person
from tests.world.world import REGION, World


@pytest.fixture(scope="session", autouse=True)
def service() -> Iterator[None]:
    """Name what logs and metrics are of, as the template does for each function."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("POWERTOOLS_SERVICE_NAME", "parley")
        environment.setenv("POWERTOOLS_METRICS_NAMESPACE", "Parley")
        # A process keeps what it is named first: before any test can name it otherwise.
        write_counts()
        yield


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Moto in place of AWS, and credentials that are none."""
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield


@pytest.fixture
def world(aws: None) -> World:  # noqa: ARG001 -- for its effect
    return World()


@pytest.fixture
def alice(world: World) -> Person:
    return Person(world, "alice")


@pytest.fixture
def bob(world: World) -> Person:
    return Person(world, "bob")


@pytest.fixture
def carol(world: World) -> Person:
    return Person(world, "carol")
