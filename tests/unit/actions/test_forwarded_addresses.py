"""Whose address guesses are counted by, where a proxy of ours stands in front."""

import pytest

from chat.protocol.ids import ConnectionId
from chat.storage.connections import find_connection
from testing.simulation import Invocation, Simulation

CONNECTION = ConnectionId("c1=")
DIRECTLY = "198.51.100.1"
VIEWER = "203.0.113.9"
KEY = "the edge's key"


def source(simulation: Simulation, **headers: str) -> str:
    """Open a connection with headers; the address it is known by."""
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


def test_our_own_proxy_is_believed(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(edge_key=KEY)

    assert source(simulation, x_parley_viewer=VIEWER, x_parley_edge=KEY) == VIEWER


@pytest.mark.parametrize("key", ["another key", "", "the edge's ke", "ключ"])
def test_nobody_else_is(simulation: Simulation, key: str) -> None:
    simulation.services = simulation.with_limits(edge_key=KEY)

    assert source(simulation, x_parley_viewer=VIEWER, x_parley_edge=key) == DIRECTLY


def test_who_comes_directly_is_known_by_where_they_come_from(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(edge_key=KEY)

    assert source(simulation) == DIRECTLY


def test_without_a_proxy_nobody_is_believed(simulation: Simulation) -> None:
    assert source(simulation, x_parley_viewer=VIEWER, x_parley_edge="") == DIRECTLY


def test_the_gateway_may_write_headers_as_it_likes(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(edge_key=KEY)

    assert source(simulation, X_Parley_Viewer=VIEWER, X_PARLEY_EDGE=KEY) == VIEWER
