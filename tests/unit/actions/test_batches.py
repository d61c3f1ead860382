import json

from hypothesis import given
from hypothesis import strategies as st

from chat.actions.fanout import batches
from chat.protocol.limits import MAX_FRAME_BYTES
from chat.push.post import Outcome
from chat.push.queue_bodies import QueuedFrame
from testing.batches import (
    BIG_ROOM,
    Room,
    contents_of,
    deliver_all,
    deliver_wakes,
    frames_of,
    numbers,
    unpacked,
)
from testing.people import Person
from testing.simulation import Simulation


def test_client_that_accepts_batches_gets_all_that_is_new_in_one_frame(
    simulation: Simulation, big_room: Room
) -> None:
    said = [big_room.hers.says(f"number {each}", to=big_room.conversation) for each in range(3)]

    deliver_wakes(simulation)

    [frame] = big_room.his.received
    assert frame["type"] == "batch"
    assert [each["data"] for each in frame["data"]["frames"]] == said


def test_client_that_does_not_accept_batches_gets_the_same_frames_one_by_one(
    simulation: Simulation, big_room: Room
) -> None:
    for each in range(3):
        big_room.hers.says(f"number {each}", to=big_room.conversation)

    deliver_wakes(simulation)

    assert len(big_room.carols.received) == 3
    assert big_room.carols.received == unpacked(big_room.his)


def test_single_frame_comes_as_itself(simulation: Simulation, big_room: Room) -> None:
    said = big_room.hers.says("Hello", to=big_room.conversation)

    deliver_wakes(simulation)

    assert big_room.his.receives("chat_message") == said
    big_room.his.receives_nothing()


def test_nothing_is_pushed_before_the_wake(simulation: Simulation, big_room: Room) -> None:
    big_room.hers.says("Hello", to=big_room.conversation)

    big_room.his.receives_nothing()
    big_room.carols.receives_nothing()
    assert simulation.queues.shards == []


def test_sending_connection_gets_what_others_sent_but_not_its_own(
    simulation: Simulation, big_room: Room, alice: Person
) -> None:
    hers, his, carols, conversation = big_room
    her_phone = alice.logs_in("batch")
    simulation.sockets.received.clear()
    for each in (hers, his, carols, hers):
        each.says(each.user.username, to=conversation)

    deliver_all(simulation)

    assert contents_of(hers) == ["bob", "carol"]
    assert contents_of(his) == ["alice", "carol", "alice"]
    assert contents_of(carols) == ["alice", "bob", "alice"]
    assert contents_of(her_phone) == ["alice", "bob", "carol", "alice"]


def test_sender_alone_gets_no_push(simulation: Simulation, big_room: Room) -> None:
    big_room.hers.says("Hello", to=big_room.conversation)

    deliver_all(simulation)

    big_room.hers.receives_nothing()


def test_batch_shows_each_change_as_it_is_now(simulation: Simulation, big_room: Room) -> None:
    hers, his, carols, conversation = big_room
    first = hers.says("first", to=conversation)["message_id"]
    second = hers.says("second", to=conversation)["message_id"]
    hers.sends("edit_message", messageId=first, data={"content": "edited"})
    hers.sends("delete_message", messageId=second)
    carols.sends("react", messageId=first, data={"reaction": "👍", "is_on": True})
    hers.sends("set_title", conversationId=conversation, data={"title": "Room"})

    deliver_all(simulation)

    kinds = [each["data"].get("change", each["type"]) for each in unpacked(his)]
    assert kinds == [*["chat_message"] * 2, "edited", "deleted", "reacted", "renamed"]
    assert contents_of(his) == ["edited", ""]


def test_what_was_deleted_before_the_wake_is_pushed_to_nobody(
    simulation: Simulation, big_room: Room
) -> None:
    said = big_room.hers.says("secret", to=big_room.conversation)
    big_room.hers.sends("delete_message", messageId=said["message_id"])

    deliver_all(simulation)

    assert len(big_room.his.received) == 1
    assert "secret" not in str([big_room.his.received, big_room.carols.received])


def test_change_is_not_pushed_to_the_connection_that_made_it(
    simulation: Simulation, big_room: Room
) -> None:
    hers, his, _, conversation = big_room
    said = hers.says("first", to=conversation)["message_id"]
    hers.sends("edit_message", messageId=said, data={"content": "edited"})
    hers.sends("react", messageId=said, data={"reaction": "👍", "is_on": True})
    hers.sends("pin_message", messageId=said)

    deliver_all(simulation)

    hers.receives_nothing()
    assert len(unpacked(his)) == 4


def test_added_and_removed_members_are_in_the_batch(simulation: Simulation, big_room: Room) -> None:
    hers, his, carols, conversation = big_room
    Person(simulation, "dave")
    hers.sends("add_members", conversationId=conversation, data={"members": ["dave"]})
    hers.sends("remove_member", conversationId=conversation, data={"username": "carol"})
    carols.receives("member_removed")

    deliver_all(simulation)

    assert [each["type"] for each in unpacked(his)] == ["members_added", "member_removed"]
    carols.receives_nothing()


def test_member_who_was_removed_before_the_wake_receives_nothing(
    simulation: Simulation, big_room: Room
) -> None:
    hers, his, _, conversation = big_room
    hers.says("before", to=conversation)
    hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})
    his.discards_received()
    hers.says("after", to=conversation)

    deliver_all(simulation)

    his.receives_nothing()


def test_member_who_was_removed_between_wake_and_push_receives_nothing(
    simulation: Simulation, big_room: Room
) -> None:
    hers, his, _, conversation = big_room
    hers.says("before", to=conversation)
    for body in simulation.queues.take_wakes():
        simulation.consume("fanout", body)
    hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})
    his.discards_received()

    deliver_all(simulation)

    his.receives_nothing()


# Size.


def test_what_is_longer_than_a_frame_comes_as_several_batches_in_order(
    simulation: Simulation, big_room: Room
) -> None:
    hers, his, carols, conversation = big_room
    said = [hers.says("x" * 9_000, to=conversation)["seq"] for _ in range(7)]

    deliver_wakes(simulation)

    assert [len(frames_of(each)) for each in his.received] == [3, 3, 1]
    assert numbers(his) == numbers(carols) == said


def test_more_than_one_wake_pushes_is_left_to_the_next(
    simulation: Simulation, big_room: Room
) -> None:
    hers, his, _, conversation = big_room
    said = [hers.says("x" * 16_000, to=conversation)["seq"] for _ in range(12)]

    deliver_wakes(simulation)
    pushed = numbers(his)

    assert pushed == said[: len(pushed)]
    assert 0 < len(pushed) < len(said)
    [(_, delay)] = simulation.queues.wakes
    assert delay == 1
    deliver_all(simulation)
    assert numbers(his) == said


@given(st.lists(st.integers(0, MAX_FRAME_BYTES - 2), max_size=12))
def test_batches_fit_a_frame_and_keep_the_order(sizes: list[int]) -> None:
    frames = [QueuedFrame(b'"' + b"x" * size + b'"') for size in sizes]

    posts = list(batches(frames))

    assert all(len(each.body) <= MAX_FRAME_BYTES for each in posts)
    assert [frame for each in posts for frame in each.frames] == frames
    for each in posts:
        found = json.loads(each.body)
        inner = found["data"]["frames"] if isinstance(found, dict) else [found]
        assert inner == [json.loads(frame.frame) for frame in each.frames]


def test_next_run_goes_on_with_the_batch_that_was_throttled(
    simulation: Simulation, big_room: Room
) -> None:
    hers, his, carols, conversation = big_room
    said = [hers.says("x" * 9_000, to=conversation)["seq"] for _ in range(7)]
    outcomes = iter([None, Outcome.THROTTLED])
    simulation.sockets.fault = lambda each: (
        next(outcomes, None) if each == his.connection_id else None
    )

    deliver_wakes(simulation)

    assert numbers(his) == numbers(carols) == said
    assert simulation.queues.delays == [2]


def test_connection_that_is_gone_gets_no_second_batch(
    simulation: Simulation, big_room: Room
) -> None:
    for _ in range(7):
        big_room.hers.says("x" * 9_000, to=big_room.conversation)
    big_room.his.closes(announced=False)
    simulation.metrics.clear()

    deliver_wakes(simulation)

    assert simulation.metrics["PushGone"] == 1


# Who is served how.


def test_renewed_session_that_accepts_nothing_is_served_frame_by_frame(
    simulation: Simulation, big_room: Room
) -> None:
    hers, his, _, conversation = big_room
    his.sends("authenticate", data={"token": his.token})
    for _ in range(2):
        hers.says("Hello", to=conversation)

    deliver_all(simulation)

    assert [each["type"] for each in his.received] == ["chat_message"] * 2


def test_member_added_later_gets_batches_too(simulation: Simulation, big_room: Room) -> None:
    hers, _, _, conversation = big_room
    daves = Person(simulation, "dave").logs_in("batch", "what comes some day")
    hers.sends("add_members", conversationId=conversation, data={"members": ["dave"]})
    deliver_all(simulation)
    daves.discards_received()
    for _ in range(2):
        hers.says("Hello", to=conversation)

    deliver_all(simulation)

    assert [each["type"] for each in daves.received] == ["batch"]


def test_room_that_is_no_longer_big_is_pushed_to_at_once(
    simulation: Simulation, big_room: Room
) -> None:
    hers, his, carols, conversation = big_room
    hers.says("in a big room", to=conversation)
    deliver_all(simulation)
    simulation.services = simulation.with_limits(batch_room_connections=3, inline_push_limit=500)
    hers.says("the last of the big room", to=conversation)
    deliver_all(simulation)

    hers.says("in a small room", to=conversation)

    assert simulation.queues.wakes == []
    said = ["in a big room", "the last of the big room", "in a small room"]
    assert contents_of(his) == contents_of(carols) == said


def test_room_that_becomes_big_repeats_nothing(simulation: Simulation, big_room: Room) -> None:
    hers, his, carols, conversation = big_room
    simulation.services = simulation.with_limits(batch_room_connections=3, inline_push_limit=500)
    for _ in range(3):
        hers.says("in a small room", to=conversation)
    simulation.services = simulation.with_limits(**BIG_ROOM)
    hers.says("in a big room", to=conversation)

    deliver_all(simulation)

    assert numbers(his) == numbers(carols) == [1, 2, 3, 4]
