import json

import pytest

from chat.protocol.ids import ConnectionId
from chat.push.outcome import Outcome
from chat.runtime.handlers import Answer
from testing.people import Person
from testing.simulation import PASSWORD_OF_ALL, Simulation

TIMED_OUT = {
    "type": "error",
    "code": "auth_timeout",
    "message": "Not authenticated in time. The connection is closed.",
}


def deadline(simulation: Simulation, connection_id: ConnectionId) -> Answer:
    return simulation.consume("auth_deadline", json.dumps({"connection_id": connection_id}))


def test_a_connection_that_is_not_authenticated_is_told_and_closed(simulation: Simulation) -> None:
    connection_id = simulation.connect()

    answer = deadline(simulation, connection_id)

    assert simulation.sockets.received[connection_id] == [TIMED_OUT]
    assert connection_id not in simulation.sockets.open
    assert answer == {"batchItemFailures": []}
    assert simulation.counted["AuthTimedOut"] == 1


def test_an_authenticated_connection_goes_on(alice: Person) -> None:
    hers = alice.arrives()

    deadline(alice.simulation, hers.connection_id)

    hers.receives_nothing()
    assert hers.connection_id in alice.simulation.sockets.open
    assert hers.sends("list_conversations")["type"] == "conversations"


def test_a_connection_that_is_closed_already_is_not_counted(simulation: Simulation) -> None:
    connection_id = simulation.connect()
    simulation.disconnect(connection_id)

    answer = deadline(simulation, connection_id)

    assert answer == {"batchItemFailures": []}
    assert simulation.sockets.received[connection_id] == []
    assert "AuthTimedOut" not in simulation.counted


@pytest.mark.parametrize("outcome", [Outcome.SLOW, Outcome.FAILED])
def test_a_connection_that_cannot_be_told_is_closed_all_the_same(
    simulation: Simulation, outcome: Outcome
) -> None:
    connection_id = simulation.connect()
    simulation.sockets.fault = lambda _: outcome

    deadline(simulation, connection_id)

    assert connection_id not in simulation.sockets.open


def test_a_deadline_that_stopped_half_way_is_made_up_for_when_it_comes_again(
    simulation: Simulation,
) -> None:
    connection_id = simulation.connect()

    def crash(_: ConnectionId) -> None:
        raise SystemExit

    simulation.sockets.fault = crash
    with pytest.raises(SystemExit):
        deadline(simulation, connection_id)
    simulation.sockets.fault = lambda _: None

    deadline(simulation, connection_id)

    assert simulation.sockets.received[connection_id] == [TIMED_OUT]
    assert connection_id not in simulation.sockets.open


@pytest.mark.parametrize("outcome", [Outcome.SLOW, Outcome.FAILED])
def test_a_connection_that_api_gateway_does_not_close_is_tried_again(
    simulation: Simulation, outcome: Outcome
) -> None:
    connection_id = simulation.connect()
    body = f'{{"connection_id":"{connection_id}"}}'
    simulation.sockets.close_fault = lambda _: outcome

    answer = simulation.consume("auth_deadline", body)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    simulation.sockets.close_fault = lambda _: None
    assert simulation.consume("auth_deadline", body) == {"batchItemFailures": []}
    assert connection_id not in simulation.sockets.open


def test_who_authenticates_at_the_last_moment_is_told_that_it_is_too_late(
    simulation: Simulation,
    alice: Person,  # noqa: ARG001 -- to be there
) -> None:
    connection_id = simulation.connect()
    deadline(simulation, connection_id)

    reply = simulation.send(
        connection_id,
        {"type": "authenticate", "data": {"username": "alice", "password": PASSWORD_OF_ALL}},
    )

    assert reply == TIMED_OUT
