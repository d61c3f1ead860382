import json

import pytest

from chat.actions.greet import OPENING_PAUSES_SECONDS
from chat.protocol.ids import ConnectionId
from chat.push.outcome import Outcome
from chat.runtime.handlers import Answer
from testing.people import Person
from testing.simulation import Simulation

CONNECTED = {"type": "connected", "data": {"protocol": 1, "heartbeat_seconds": 30}}
AUTH_REQUIRED = {"type": "auth_required", "data": {"deadline_seconds": 30}}
ALL_WELL: Answer = {"batchItemFailures": []}
COMES_AGAIN: Answer = {"batchItemFailures": [{"itemIdentifier": "1"}]}


def greeted(simulation: Simulation, connection_id: ConnectionId) -> Answer:
    return simulation.consume("greet", json.dumps({"connection_id": connection_id}))


def test_a_new_connection_is_greeted_and_asked_to_authenticate(simulation: Simulation) -> None:
    connection_id = simulation.connect()

    answer = greeted(simulation, connection_id)

    assert simulation.sockets.received[connection_id] == [CONNECTED, AUTH_REQUIRED]
    assert answer == ALL_WELL


def test_a_client_that_was_quicker_is_not_asked_to_authenticate(alice: Person) -> None:
    hers = alice.arrives()

    greeted(hers.simulation, hers.connection_id)

    assert hers.received == [CONNECTED]


def test_the_deployments_own_times_are_told(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(heartbeat_seconds=7, auth_deadline_seconds=9)
    connection_id = simulation.connect()

    greeted(simulation, connection_id)

    [connected, required] = simulation.sockets.received[connection_id]
    assert connected["data"]["heartbeat_seconds"] == 7
    assert required["data"]["deadline_seconds"] == 9


def test_a_connection_that_is_still_being_answered_is_waited_for(simulation: Simulation) -> None:
    connection_id = simulation.connect()
    simulation.sockets.open.discard(connection_id)
    opened_at = simulation.now_ms + 100

    def open_in_time() -> None:
        if simulation.now_ms >= opened_at:
            simulation.sockets.open.add(connection_id)

    simulation.at_pause = open_in_time
    answer = greeted(simulation, connection_id)

    assert simulation.sockets.received[connection_id] == [CONNECTED, AUTH_REQUIRED]
    assert answer == ALL_WELL


def test_a_connection_that_was_closed_again_is_left_alone(simulation: Simulation) -> None:
    connection_id = simulation.connect()
    simulation.disconnect(connection_id)

    answer = greeted(simulation, connection_id)

    assert answer == ALL_WELL
    assert simulation.pauses == []


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.SLOW, Outcome.FAILED])
def test_a_connection_that_cannot_be_reached_in_time_is_greeted_later(
    simulation: Simulation, outcome: Outcome
) -> None:
    connection_id = simulation.connect()
    simulation.sockets.fault = lambda _: outcome

    answer = greeted(simulation, connection_id)

    assert answer == COMES_AGAIN
    assert tuple(simulation.pauses) == OPENING_PAUSES_SECONDS


def test_a_message_that_is_not_of_this_queue_comes_again(simulation: Simulation) -> None:
    answer = simulation.consume("greet", '{"connection": 1}')

    assert answer == COMES_AGAIN


def test_a_greeting_that_is_delivered_twice_does_no_harm(alice: Person) -> None:
    hers = alice.arrives()
    greeted(hers.simulation, hers.connection_id)

    greeted(hers.simulation, hers.connection_id)

    assert hers.received == [CONNECTED, CONNECTED]
    assert hers.sends("heartbeat")["type"] == "heartbeat_ack"


def test_a_session_that_ran_out_is_not_asked_as_if_it_were_new(alice: Person) -> None:
    simulation = alice.simulation
    simulation.services = simulation.with_limits(session_seconds=60)
    hers = alice.arrives()
    simulation.passes(seconds=60)

    greeted(simulation, hers.connection_id)

    assert hers.received == [CONNECTED]
