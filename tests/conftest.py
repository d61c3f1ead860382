from collections.abc import Iterator

import pytest
from moto import mock_aws

from chat.runtime.metrics import flush_metrics
from testing.batches import Room, create_big_room
from testing.people import Person
from testing.simulation import REGION, Simulation


@pytest.fixture(scope="session", autouse=True)
def service() -> Iterator[None]:
    """Name the service of logs and metrics, as the template does."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("POWERTOOLS_SERVICE_NAME", "parley")
        environment.setenv("POWERTOOLS_METRICS_NAMESPACE", "Parley")
        # A process keeps the first names it gets: set them before any test sets others.
        flush_metrics()
        yield


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Moto in place of AWS, and fake credentials."""
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield


@pytest.fixture
def simulation(aws: None) -> Simulation:  # noqa: ARG001 -- for its effect
    return Simulation()


@pytest.fixture
def alice(simulation: Simulation) -> Person:
    return Person(simulation, "alice")


@pytest.fixture
def bob(simulation: Simulation) -> Person:
    return Person(simulation, "bob")


@pytest.fixture
def carol(simulation: Simulation) -> Person:
    return Person(simulation, "carol")


@pytest.fixture
def big_room(simulation: Simulation, alice: Person, bob: Person, carol: Person) -> Room:
    """Give a room whose frames are batched."""
    return create_big_room(simulation, alice, bob, carol)
