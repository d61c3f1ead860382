import json

import pytest

from chat.actions.greet import OPENING_PAUSES_SECONDS
from chat.protocol.ids import ConnectionId
from chat.push.post import Outcome
from chat.runtime.replies import Answer
from testing.people import Person
from testing.simulation import Simulation

CONNECTED = {"type": "connected", "data": {"protocol": 1, "heartbeat_seconds": 30}}
AUTH_REQUIRED = {"type": "auth_required", "data": {"deadline_seconds": 30}}
ALL_WELL: Answer = {"batchItemFailures": []}
COMES_AGAIN: Answer = {"batchItemFailures": [{"itemIdentifier": "1"}]}


def greeted(simulation: Simulation, connection_id: ConnectionId) -> Answer:
    return simulation.consume("greet", json.dumps({"connection_id": connection_id}))


def test_new_connection_receives_greeting_and_auth_required(simulation: Simulation) -> None:
    connection_id = simulation.connect()

    answer = greeted(simulation, connection_id)

    assert simulation.sockets.received[connection_id] == [CONNECTED, AUTH_REQUIRED]
    assert answer == ALL_WELL


def test_client_that_authenticated_early_gets_no_auth_required(alice: Person) -> None:
    hers = alice.logs_in()

    greeted(hers.simulation, hers.connection_id)

    assert hers.received == [CONNECTED]


def test_greeting_carries_the_configured_times(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(heartbeat_seconds=7, auth_deadline_seconds=9)
    connection_id = simulation.connect()

    greeted(simulation, connection_id)

    [connected, required] = simulation.sockets.received[connection_id]
    assert connected["data"]["heartbeat_seconds"] == 7
    assert required["data"]["deadline_seconds"] == 9


def test_greeting_waits_for_the_connection_to_open(simulation: Simulation) -> None:
    connection_id = simulation.connect()
    simulation.sockets.open.discard(connection_id)
    opened_at = simulation.now_ms + 100

    def open_in_time() -> None:
        if simulation.now_ms >= opened_at:
            simulation.sockets.open.add(connection_id)

    simulation.on_sleep = open_in_time
    answer = greeted(simulation, connection_id)

    assert simulation.sockets.received[connection_id] == [CONNECTED, AUTH_REQUIRED]
    assert answer == ALL_WELL


def test_closed_connection_is_not_greeted(simulation: Simulation) -> None:
    connection_id = simulation.connect()
    simulation.disconnect(connection_id)

    answer = greeted(simulation, connection_id)

    assert answer == ALL_WELL
    assert simulation.sleeps == []


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.THROTTLED, Outcome.FAILED])
def test_greeting_is_retried_for_an_unreachable_connection(
    simulation: Simulation, outcome: Outcome
) -> None:
    connection_id = simulation.connect()
    simulation.sockets.fault = lambda _: outcome

    answer = greeted(simulation, connection_id)

    assert answer == COMES_AGAIN
    assert tuple(simulation.sleeps) == OPENING_PAUSES_SECONDS


def test_invalid_queue_message_is_retried(simulation: Simulation) -> None:
    answer = simulation.consume("greet", '{"connection": 1}')

    assert answer == COMES_AGAIN


def test_repeated_greeting_is_harmless(alice: Person) -> None:
    hers = alice.logs_in()
    greeted(hers.simulation, hers.connection_id)

    greeted(hers.simulation, hers.connection_id)

    assert hers.received == [CONNECTED, CONNECTED]
    assert hers.sends("heartbeat")["type"] == "heartbeat_ack"


def test_connection_with_an_expired_session_gets_no_auth_required(alice: Person) -> None:
    simulation = alice.simulation
    simulation.services = simulation.with_limits(session_seconds=60)
    hers = alice.logs_in()
    simulation.advance_time(seconds=60)

    greeted(simulation, hers.connection_id)

    assert hers.received == [CONNECTED]
