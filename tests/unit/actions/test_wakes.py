import pytest

from chat.protocol.ids import ConversationId
from chat.push.queue_bodies import Wake, encode_wake
from chat.storage.conversations import next_seq
from chat.storage.tables import MessageRow
from testing.batches import Room, contents_of, deliver, deliver_all, deliver_shards, numbers
from testing.people import Client
from testing.simulation import Simulation
from testing.stored import find_stored


class Clock:
    """Passes the time of a simulation, and delivers each wake when its delay is over."""

    def __init__(self, simulation: Simulation, watched: Client) -> None:
        self._simulation = simulation
        self._watched = watched
        self._due: list[tuple[int, Wake]] = []
        self.received_at: dict[int, int] = {}
        self.wakes: list[int] = []

    def advance(self, milliseconds: int) -> None:
        ends_at = self._simulation.now_ms + milliseconds
        self._take_up()
        while self._due and min(self._due)[0] <= ends_at:
            self._deliver(min(self._due))
            self._take_up()
        self._simulation.now_ms = ends_at

    def _take_up(self) -> None:
        queues, now_ms = self._simulation.queues, self._simulation.now_ms
        self._due += [(now_ms + delay * 1000, wake) for wake, delay in queues.wakes]
        queues.wakes.clear()

    def _deliver(self, due: tuple[int, Wake]) -> None:
        self._due.remove(due)
        self._simulation.now_ms, wake = due
        self.wakes.append(self._simulation.now_ms)
        deliver(self._simulation, encode_wake(wake))
        deliver_shards(self._simulation)
        for seq in numbers(self._watched):
            self.received_at.setdefault(seq, self._simulation.now_ms)
        self._watched.discards_received()


@pytest.mark.parametrize("seed", range(3))
def test_nobody_waits_longer_than_a_second_and_a_room_is_woken_once_a_second(
    simulation: Simulation, big_room: Room, seed: int
) -> None:
    clock, sent_at = Clock(simulation, big_room.his), {}
    for step in range(200):
        clock.advance((step * 7_919 + seed * 104_729) % 997 // (1 + step % 30))
        said = big_room.hers.says("Hello", to=big_room.conversation)
        sent_at[said["seq"]] = simulation.now_ms
    clock.advance(2_000)

    waits = [clock.received_at[seq] - at for seq, at in sent_at.items()]
    pauses = [later - at for at, later in zip(clock.wakes, clock.wakes[1:], strict=False)]
    assert max(waits) <= 1_000
    assert min(pauses) >= 1_000


def test_first_message_wakes_at_once_and_those_after_it_within_a_second(
    simulation: Simulation, big_room: Room
) -> None:
    hers, _, _, conversation = big_room
    hers.says("first", to=conversation)
    [(_, at_once)] = simulation.queues.wakes
    deliver_all(simulation)
    for _ in range(3):
        hers.says("another", to=conversation)
    [(_, later)] = simulation.queues.wakes
    deliver_all(simulation)
    simulation.advance_time(1)
    hers.says("last", to=conversation)
    [(_, at_once_again)] = simulation.queues.wakes

    assert (at_once, later, at_once_again) == (0, 1, 0)


def test_next_wake_pushes_what_a_sender_stored_that_died_before_it_woke(
    simulation: Simulation, big_room: Room
) -> None:
    hers, his, _, conversation = big_room
    hers.says("first", to=conversation)
    deliver_all(simulation)
    hers.says("of the sender that died", to=conversation)
    simulation.queues.clear()
    simulation.advance_time(6)
    hers.says("next", to=conversation)

    deliver_all(simulation)

    assert contents_of(his) == ["first", "of the sender that died", "next"]


def test_sender_that_died_after_its_claim_blocks_wakes_for_five_seconds(
    simulation: Simulation, big_room: Room
) -> None:
    hers, _, _, conversation = big_room
    hers.says("first", to=conversation)
    simulation.queues.clear()

    simulation.advance_time(4.9)
    hers.says("second", to=conversation)
    assert simulation.queues.wakes == []
    simulation.advance_time(0.1)
    hers.says("third", to=conversation)
    assert len(simulation.queues.wakes) == 1


def test_wake_that_comes_twice_pushes_nothing_twice(simulation: Simulation, big_room: Room) -> None:
    big_room.hers.says("Hello", to=big_room.conversation)
    [body] = simulation.queues.take_wakes()

    for _ in range(2):
        deliver(simulation, body)
        deliver_shards(simulation)

    assert contents_of(big_room.his) == ["Hello"]


def test_wake_of_a_conversation_that_is_gone_is_harmless(simulation: Simulation) -> None:
    deliver(simulation, encode_wake(Wake(ConversationId("gone"), 1)))

    assert simulation.queues.shards == []


def test_number_that_nothing_is_stored_under_holds_up_nobody(
    simulation: Simulation, big_room: Room
) -> None:
    hers, his, _, conversation = big_room
    hers.says("before", to=conversation)
    next_seq(conversation)
    hers.says("after", to=conversation)

    deliver_all(simulation)

    assert contents_of(his) == ["before", "after"]


def test_message_that_is_just_being_stored_is_waited_for(
    simulation: Simulation, big_room: Room
) -> None:
    hers, his, _, conversation = big_room
    hers.says("before", to=conversation)
    seq = next_seq(conversation)
    hers.says("after", to=conversation)

    def store() -> None:
        MessageRow(conversation, seq, user_id="user-bob", content="slow", type="text").save()

    simulation.on_sleep = store

    deliver_all(simulation)

    assert contents_of(his) == ["before", "slow", "after"]
    assert sum(simulation.sleeps) < 0.2


def test_last_number_that_nothing_is_stored_under_is_left_to_its_sender(
    simulation: Simulation, big_room: Room
) -> None:
    hers, his, _, conversation = big_room
    hers.says("before", to=conversation)
    seq = next_seq(conversation)

    deliver_all(simulation)

    assert contents_of(his) == ["before"]
    assert simulation.sleeps == []
    key = {"conversation_id": {"S": conversation}, "seq": {"N": str(seq)}}
    assert find_stored("MessagesTable", key) is None


# Heartbeats.


def behind(room: Room, position: int) -> dict[str, int]:
    """Ask for what his client is behind in."""
    positions = {room.conversation: position}
    found: dict[str, int] = room.his.sends("heartbeat", data={"positions": positions})["data"][
        "behind"
    ]
    return found


def test_heartbeat_does_not_ask_for_what_is_on_its_way(
    simulation: Simulation, big_room: Room
) -> None:
    big_room.hers.says("first", to=big_room.conversation)
    deliver_all(simulation)
    simulation.advance_time(1)
    big_room.hers.says("second", to=big_room.conversation)
    deliver_all(simulation)

    assert behind(big_room, 1) == {}


def test_heartbeat_names_what_the_wake_before_has_pushed(
    simulation: Simulation, big_room: Room
) -> None:
    for each in ("first", "second"):
        big_room.hers.says(each, to=big_room.conversation)
        deliver_all(simulation)
        simulation.advance_time(1)

    assert behind(big_room, 0) == {big_room.conversation: 2}


def test_heartbeat_names_what_was_pushed_five_seconds_ago(
    simulation: Simulation, big_room: Room
) -> None:
    big_room.hers.says("the last", to=big_room.conversation)
    deliver_all(simulation)

    simulation.advance_time(4.9)
    assert behind(big_room, 0) == {}
    simulation.advance_time(0.1)
    assert behind(big_room, 0) == {big_room.conversation: 1}
