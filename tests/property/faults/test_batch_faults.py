"""A sender, a wake or a push of a big room that dies or fails at any step."""

import pytest

from chat.actions.heartbeat import ON_ITS_WAY_MS
from chat.push.post import Outcome
from testing.batches import deliver, deliver_all, deliver_shards, numbers
from testing.crash_points import crash_points
from testing.fault_modes import Fault, fault_modes
from testing.group import Group
from testing.invariants import check_invariants, rows
from testing.people import Client

START = 2
CLAIM_SECONDS = 5


def check_everybody_has_everything(*clients: Client) -> None:
    stored = [*rows("MessagesTable"), *rows("ChangesTable")]
    new = sorted(row["seq"] for row in stored if row["seq"] > START and not row.get("unused"))
    for client in clients:
        assert sorted(set(numbers(client))) == new, client.user.username


def test_message_after_a_sender_that_died_at_any_step_brings_everything(room: Group) -> None:
    points = 0
    for where in crash_points(room.simulation, room.says(room.hers, "Hello", key="1")):
        points += 1
        room.simulation.queues.take_wakes()
        room.simulation.advance_time(CLAIM_SECONDS)
        room.says(room.carols, "next")()
        deliver_all(room.simulation)
        check_invariants(room.simulation)
        check_everybody_has_everything(room.her_phone, room.his)
        assert where
    assert points > 8


def test_wake_that_died_at_any_step_comes_again_and_brings_everything(room: Group) -> None:
    room.says(room.hers, "first")()
    room.says(room.carols, "second")()
    [body] = room.simulation.queues.take_wakes()
    points = 0
    for _ in crash_points(room.simulation, lambda: room.simulation.consume("fanout", body)):
        points += 1
        deliver(room.simulation, body)
        deliver_all(room.simulation)
        check_everybody_has_everything(room.her_phone, room.his)
    assert points > 10


def test_next_wake_brings_what_one_that_died_at_any_step_has_not(room: Group) -> None:
    room.says(room.hers, "first")()
    [body] = room.simulation.queues.take_wakes()
    for _ in crash_points(room.simulation, lambda: room.simulation.consume("fanout", body)):
        room.simulation.advance_time(CLAIM_SECONDS)
        room.says(room.carols, "next")()
        deliver_all(room.simulation)
        check_everybody_has_everything(room.her_phone, room.his)


def test_shard_that_died_at_any_step_comes_again_and_brings_everything(room: Group) -> None:
    for each in ("first", "second"):
        room.says(room.hers, each)()
    for body in room.simulation.queues.take_wakes():
        deliver(room.simulation, body)
    [body] = room.simulation.queues.take_shards()
    for _ in crash_points(room.simulation, lambda: room.simulation.consume("fanout", body)):
        deliver(room.simulation, body)
        check_everybody_has_everything(room.her_phone, room.his)


@pytest.mark.parametrize("fault", Fault)
def test_request_of_a_wake_that_fails_once_loses_nothing(room: Group, fault: Fault) -> None:
    for each in ("first", "second"):
        room.says(room.hers, each)()
    [body] = room.simulation.queues.take_wakes()
    for answer, where in fault_modes(
        room.simulation, lambda: room.simulation.consume("fanout", body), fault
    ):
        assert answer == {"batchItemFailures": []}, where
        deliver_shards(room.simulation)
        check_everybody_has_everything(room.her_phone, room.his)


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.THROTTLED])
def test_heartbeat_finds_what_no_push_brought(room: Group, outcome: Outcome) -> None:
    said = room.says(room.hers, "Hello")()
    room.simulation.sockets.fault = lambda _: outcome

    deliver_all(room.simulation)

    assert room.his.received == []
    room.simulation.advance_time(ON_ITS_WAY_MS / 1000)
    position = {room.conversation: START}
    ack = room.his.sends("heartbeat", data={"positions": position})
    assert ack["data"]["behind"] == {room.conversation: said["data"]["seq"]}
