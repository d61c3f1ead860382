import pytest

from tests.world.people import Client, Person


@pytest.fixture
def alices(alice: Person) -> Client:
    return alice.arrives()
