from chat.storage.connections import find_connection
from chat.storage.expiry import connection_row_expires_at
from tests.world.world import START_MS, World


def test_a_new_connection_is_stored_as_nobodys(world: World) -> None:
    connection_id = world.connect()

    connection = find_connection(connection_id)

    assert connection is not None
    assert connection.session is None
    assert connection.expires_at == connection_row_expires_at(START_MS)


def test_a_new_connection_is_to_be_greeted_and_looked_at_again_at_its_deadline(
    world: World,
) -> None:
    world.chat = world.with_limits(auth_deadline_seconds=45)

    connection_id = world.connect()

    assert world.waiting.greetings == [connection_id]
    assert world.waiting.deadlines == [(connection_id, 45)]


def test_nothing_is_pushed_while_connecting(world: World) -> None:
    connection_id = world.connect()

    assert world.sockets.received[connection_id] == []
