from chat.storage.connections import find_connection
from chat.storage.ttl import connection_row_expires_at
from testing.simulation import START_MS, Simulation


def test_new_connection_is_stored_without_a_user(simulation: Simulation) -> None:
    connection_id = simulation.connect()

    connection = find_connection(connection_id)

    assert connection is not None
    assert connection.session is None
    assert connection.expires_at == connection_row_expires_at(START_MS)


def test_new_connection_queues_a_greeting_and_a_deadline(
    simulation: Simulation,
) -> None:
    simulation.services = simulation.with_limits(auth_deadline_seconds=45)

    connection_id = simulation.connect()

    assert simulation.queues.greetings == [connection_id]
    assert simulation.queues.deadlines == [(connection_id, 45)]


def test_nothing_is_pushed_while_connecting(simulation: Simulation) -> None:
    connection_id = simulation.connect()

    assert simulation.sockets.received[connection_id] == []
