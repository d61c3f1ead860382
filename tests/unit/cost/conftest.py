import pytest

from testing.people import Client, Person


@pytest.fixture
def alices(alice: Person) -> Client:
    return alice.logs_in()
