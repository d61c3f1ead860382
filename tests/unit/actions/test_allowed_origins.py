import pytest

from testing.simulation import Simulation

ALLOWED = "https://chat.example.com"


def test_without_a_list_every_origin_may_connect(simulation: Simulation) -> None:
    assert simulation.connect(origin="https://anywhere.example.com")


def test_a_listed_origin_may_connect(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(allowed_origins=frozenset({ALLOWED}))

    assert simulation.connect(origin=ALLOWED)


@pytest.mark.parametrize(
    "origin",
    [
        "https://chat.example.com.evil.example",
        "https://evil.example",
        "http://chat.example.com",
        "https://chat.example.com:8443",
        "https://CHAT.example.com",
        "null",
        "",
    ],
)
def test_unlisted_origin_is_rejected(simulation: Simulation, origin: str) -> None:
    simulation.services = simulation.with_limits(allowed_origins=frozenset({ALLOWED}))

    with pytest.raises(ConnectionRefusedError, match="403"):
        simulation.connect(origin=origin)


def test_client_without_an_origin_may_connect(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(allowed_origins=frozenset({ALLOWED}))

    assert simulation.connect(origin=None)
