import json

import pytest

from chat.actions.greet import OPENING_PAUSES_SECONDS
from chat.protocol.ids import ConnectionId
from chat.push.post import Outcome
from chat.runtime.handlers import Answer
from tests.world.people import Person
from tests.world.world import World

CONNECTED = {"type": "connected", "data": {"protocol": 1, "heartbeat_seconds": 30}}
AUTH_REQUIRED = {"type": "auth_required", "data": {"deadline_seconds": 30}}
ALL_WELL: Answer = {"batchItemFailures": []}
COMES_AGAIN: Answer = {"batchItemFailures": [{"itemIdentifier": "1"}]}


def greeted(world: World, connection_id: ConnectionId) -> Answer:
    return world.consume("greet", json.dumps({"connection_id": connection_id}))


def test_a_new_connection_is_greeted_and_asked_to_authenticate(world: World) -> None:
    connection_id = world.connect()

    answer = greeted(world, connection_id)

    assert world.sockets.received[connection_id] == [CONNECTED, AUTH_REQUIRED]
    assert answer == ALL_WELL


def test_a_client_that_was_quicker_is_not_asked_to_authenticate(alice: Person) -> None:
    hers = alice.arrives()

    greeted(hers.world, hers.connection_id)

    assert hers.received == [CONNECTED]


def test_the_deployments_own_times_are_told(world: World) -> None:
    world.chat = world.with_limits(heartbeat_seconds=7, auth_deadline_seconds=9)
    connection_id = world.connect()

    greeted(world, connection_id)

    [connected, required] = world.sockets.received[connection_id]
    assert connected["data"]["heartbeat_seconds"] == 7
    assert required["data"]["deadline_seconds"] == 9


def test_a_connection_that_is_still_being_answered_is_waited_for(world: World) -> None:
    connection_id = world.connect()
    world.sockets.open.discard(connection_id)
    opened_at = world.now_ms + 100

    def open_in_time() -> None:
        if world.now_ms >= opened_at:
            world.sockets.open.add(connection_id)

    world.at_pause = open_in_time
    answer = greeted(world, connection_id)

    assert world.sockets.received[connection_id] == [CONNECTED, AUTH_REQUIRED]
    assert answer == ALL_WELL


def test_a_connection_that_was_closed_again_is_left_alone(world: World) -> None:
    connection_id = world.connect()
    world.disconnect(connection_id)

    answer = greeted(world, connection_id)

    assert answer == ALL_WELL
    assert world.pauses == []


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.SLOW, Outcome.FAILED])
def test_a_connection_that_cannot_be_reached_in_time_is_greeted_later(
    world: World, outcome: Outcome
) -> None:
    connection_id = world.connect()
    world.sockets.fault = lambda _: outcome

    answer = greeted(world, connection_id)

    assert answer == COMES_AGAIN
    assert tuple(world.pauses) == OPENING_PAUSES_SECONDS


def test_a_message_that_is_not_of_this_queue_comes_again(world: World) -> None:
    answer = world.consume("greet", '{"connection": 1}')

    assert answer == COMES_AGAIN


def test_a_greeting_that_is_delivered_twice_does_no_harm(alice: Person) -> None:
    hers = alice.arrives()
    greeted(hers.world, hers.connection_id)

    greeted(hers.world, hers.connection_id)

    assert hers.received == [CONNECTED, CONNECTED]
    assert hers.sends("heartbeat")["type"] == "heartbeat_ack"


def test_a_session_that_ran_out_is_not_asked_as_if_it_were_new(alice: Person) -> None:
    world = alice.world
    world.chat = world.with_limits(session_seconds=60)
    hers = alice.arrives()
    world.passes(seconds=60)

    greeted(world, hers.connection_id)

    assert hers.received == [CONNECTED]
