import json

import pytest

from chat.protocol.ids import ConnectionId
from chat.push.post import Outcome
from chat.runtime.replies import Answer
from testing.people import Person
from testing.simulation import PASSWORD_OF_ALL, Simulation

TIMED_OUT = {
    "type": "error",
    "code": "auth_timeout",
    "message": "Not authenticated in time. The connection is closed.",
}


def deadline(simulation: Simulation, connection_id: ConnectionId) -> Answer:
    return simulation.consume("auth_deadline", json.dumps({"connection_id": connection_id}))


def test_unauthenticated_connection_is_notified_and_closed_at_its_deadline(
    simulation: Simulation,
) -> None:
    connection_id = simulation.connect()

    answer = deadline(simulation, connection_id)

    assert simulation.sockets.received[connection_id] == [TIMED_OUT]
    assert connection_id not in simulation.sockets.open
    assert answer == {"batchItemFailures": []}
    assert simulation.metrics["AuthTimedOut"] == 1


def test_authenticated_connection_survives_its_deadline(alice: Person) -> None:
    hers = alice.logs_in()

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
    assert "AuthTimedOut" not in simulation.metrics


@pytest.mark.parametrize("outcome", [Outcome.THROTTLED, Outcome.FAILED])
def test_unreachable_connection_is_closed_at_its_deadline(
    simulation: Simulation, outcome: Outcome
) -> None:
    connection_id = simulation.connect()
    simulation.sockets.fault = lambda _: outcome

    deadline(simulation, connection_id)

    assert connection_id not in simulation.sockets.open


@pytest.mark.parametrize("outcome", [Outcome.THROTTLED, Outcome.FAILED])
def test_failed_close_is_retried(simulation: Simulation, outcome: Outcome) -> None:
    connection_id = simulation.connect()
    body = f'{{"connection_id":"{connection_id}"}}'
    simulation.sockets.close_fault = lambda _: outcome

    answer = simulation.consume("auth_deadline", body)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    simulation.sockets.close_fault = lambda _: None
    assert simulation.consume("auth_deadline", body) == {"batchItemFailures": []}
    assert connection_id not in simulation.sockets.open


def test_authenticating_after_the_deadline_gets_auth_timeout(
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
