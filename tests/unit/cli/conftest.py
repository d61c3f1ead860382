import pytest

from testing.simulation import Simulation
from tests.unit.cli.shell import Shell


@pytest.fixture
def shell(simulation: Simulation) -> Shell:
    return Shell(simulation)
