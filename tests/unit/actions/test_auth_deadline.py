import json

import pytest

from chat.protocol.ids import ConnectionId
from chat.push.post import Outcome
from chat.runtime.handlers import Answer
from tests.world.people import Person
from tests.world.world import PASSWORD_OF_ALL, World

TIMED_OUT = {
    "type": "error",
    "code": "auth_timeout",
    "message": "Not authenticated in time. The connection is closed.",
}


def deadline(world: World, connection_id: ConnectionId) -> Answer:
    return world.consume("auth_deadline", json.dumps({"connection_id": connection_id}))


def test_a_connection_that_is_not_authenticated_is_told_and_closed(world: World) -> None:
    connection_id = world.connect()

    answer = deadline(world, connection_id)

    assert world.sockets.received[connection_id] == [TIMED_OUT]
    assert connection_id not in world.sockets.open
    assert answer == {"batchItemFailures": []}
    assert world.counted["AuthTimedOut"] == 1


def test_an_authenticated_connection_goes_on(alice: Person) -> None:
    hers = alice.arrives()

    deadline(alice.world, hers.connection_id)

    hers.receives_nothing()
    assert hers.connection_id in alice.world.sockets.open
    assert hers.sends("list_conversations")["type"] == "conversations"


def test_a_connection_that_is_closed_already_is_not_counted(world: World) -> None:
    connection_id = world.connect()
    world.disconnect(connection_id)

    answer = deadline(world, connection_id)

    assert answer == {"batchItemFailures": []}
    assert world.sockets.received[connection_id] == []
    assert "AuthTimedOut" not in world.counted


@pytest.mark.parametrize("outcome", [Outcome.SLOW, Outcome.FAILED])
def test_a_connection_that_cannot_be_told_is_closed_all_the_same(
    world: World, outcome: Outcome
) -> None:
    connection_id = world.connect()
    world.sockets.fault = lambda _: outcome

    deadline(world, connection_id)

    assert connection_id not in world.sockets.open


def test_a_deadline_that_stopped_half_way_is_made_up_for_when_it_comes_again(
    world: World,
) -> None:
    connection_id = world.connect()

    def crash(_: ConnectionId) -> None:
        raise SystemExit

    world.sockets.fault = crash
    with pytest.raises(SystemExit):
        deadline(world, connection_id)
    world.sockets.fault = lambda _: None

    deadline(world, connection_id)

    assert world.sockets.received[connection_id] == [TIMED_OUT]
    assert connection_id not in world.sockets.open


@pytest.mark.parametrize("outcome", [Outcome.SLOW, Outcome.FAILED])
def test_a_connection_that_api_gateway_does_not_close_is_tried_again(
    world: World, outcome: Outcome
) -> None:
    connection_id = world.connect()
    body = f'{{"connection_id":"{connection_id}"}}'
    world.sockets.close_fault = lambda _: outcome

    answer = world.consume("auth_deadline", body)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    world.sockets.close_fault = lambda _: None
    assert world.consume("auth_deadline", body) == {"batchItemFailures": []}
    assert connection_id not in world.sockets.open


def test_who_authenticates_at_the_last_moment_is_told_that_it_is_too_late(
    world: World,
    alice: Person,  # noqa: ARG001 -- to be there
) -> None:
    connection_id = world.connect()
    deadline(world, connection_id)

    reply = world.send(
        connection_id,
        {"type": "authenticate", "data": {"username": "alice", "password": PASSWORD_OF_ALL}},
    )

    assert reply == TIMED_OUT
