import os

import pytest
from hypothesis import settings

from tests.world.effort import SOAK, is_soaking
from tests.world.room import Room, copied
from tests.world.world import World

SOAK_SECONDS = 4 * 60 * 60

settings.register_profile(SOAK, max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items if is_soaking() else []:
        item.add_marker(pytest.mark.timeout(SOAK_SECONDS))


@pytest.fixture
def room(world: World) -> Room:
    """Give a group that bob is no member of."""
    return copied(world, with_bob=False)


@pytest.fixture
def bobs(world: World) -> Room:
    """Give a group that bob is a member of."""
    return copied(world, with_bob=True)
