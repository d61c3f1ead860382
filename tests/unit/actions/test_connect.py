from chat.storage.connections import find_connection
from chat.storage.ttl import connection_row_expires_at
from testing.simulation import START_MS, Simulation


def test_a_new_connection_is_stored_as_nobodys(simulation: Simulation) -> None:
    connection_id = simulation.connect()

    connection = find_connection(connection_id)

    assert connection is not None
    assert connection.session is None
    assert connection.expires_at == connection_row_expires_at(START_MS)


def test_a_new_connection_is_to_be_greeted_and_looked_at_again_at_its_deadline(
    simulation: Simulation,
) -> None:
    simulation.services = simulation.with_limits(auth_deadline_seconds=45)

    connection_id = simulation.connect()

    assert simulation.waiting.greetings == [connection_id]
    assert simulation.waiting.deadlines == [(connection_id, 45)]


def test_nothing_is_pushed_while_connecting(simulation: Simulation) -> None:
    connection_id = simulation.connect()

    assert simulation.sockets.received[connection_id] == []
