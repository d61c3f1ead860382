import os

import pytest
from hypothesis import settings

from testing.batches import BIG_ROOM, deliver_all
from testing.group import Group, copy_of_group
from testing.profiles import SOAK, is_soaking
from testing.simulation import Simulation

SOAK_SECONDS = 4 * 60 * 60

settings.register_profile(SOAK, max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items if is_soaking() else []:
        item.add_marker(pytest.mark.timeout(SOAK_SECONDS))


@pytest.fixture
def group(simulation: Simulation) -> Group:
    """Give a group without bob."""
    return copy_of_group(simulation, with_bob=False)


@pytest.fixture
def group_with_bob(simulation: Simulation) -> Group:
    """Give a group with bob."""
    return copy_of_group(simulation, with_bob=True)


@pytest.fixture
def room(group_with_bob: Group) -> Group:
    """Give a big room, three of whose four connections accept batches, that was woken."""
    group = group_with_bob
    for client in (group.hers, group.her_phone, group.his):
        data = {"token": client.token, "accepts": ["batch"]}
        group.sends(client, {"type": "authenticate", "data": data})()
    group.simulation.services = group.simulation.with_limits(**BIG_ROOM)
    group.says(group.hers, "before")()
    deliver_all(group.simulation)
    group.forget()
    return group
