import pytest

from tests.unit.cli.shell import Shell
from tests.world.world import World


@pytest.fixture
def shell(world: World) -> Shell:
    return Shell(world)
