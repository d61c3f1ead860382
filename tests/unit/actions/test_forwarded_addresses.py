"""The address by which failed logins are counted, behind our own proxy."""

import pytest

from chat.protocol.ids import ConnectionId
from chat.storage.connections import find_connection
from testing.simulation import Invocation, Simulation

CONNECTION = ConnectionId("c1=")
DIRECTLY = "198.51.100.1"
VIEWER = "203.0.113.9"
KEY = "the edge's key"


def source(simulation: Simulation, **headers: str) -> str:
    """Open a connection with headers; returns the address it is known by."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    context = {
        "routeKey": "$connect",
        "eventType": "CONNECT",
        "connectionId": CONNECTION,
        "identity": {"sourceIp": DIRECTLY},
    }
    simulation.routes["$connect"]({"requestContext": context, "headers": sent}, Invocation())
    connection = find_connection(CONNECTION)
    assert connection is not None
    return connection.source


def test_address_from_our_own_proxy_is_trusted(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(edge_key=KEY)

    assert source(simulation, x_parley_viewer=VIEWER, x_parley_edge=KEY) == VIEWER


@pytest.mark.parametrize("key", ["another key", "", "the edge's ke", "ключ"])
def test_forwarded_address_without_the_key_is_ignored(simulation: Simulation, key: str) -> None:
    simulation.services = simulation.with_limits(edge_key=KEY)

    assert source(simulation, x_parley_viewer=VIEWER, x_parley_edge=key) == DIRECTLY


def test_direct_client_is_known_by_its_own_address(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(edge_key=KEY)

    assert source(simulation) == DIRECTLY


def test_forwarded_address_is_ignored_without_a_proxy(simulation: Simulation) -> None:
    assert source(simulation, x_parley_viewer=VIEWER, x_parley_edge="") == DIRECTLY


def test_header_names_match_in_any_case(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(edge_key=KEY)

    assert source(simulation, X_Parley_Viewer=VIEWER, X_PARLEY_EDGE=KEY) == VIEWER
