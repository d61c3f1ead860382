"""Wakes of a big room at the same time as senders, removals and each other."""

from collections.abc import Callable

from chat.push.queue_bodies import Wake, encode_wake
from testing.batches import deliver, deliver_all, deliver_shards, numbers, unpacked
from testing.group import Action, Group, Results
from testing.interleavings import explore_all, explore_interruptions, explore_some
from testing.invariants import check_invariants, rows
from testing.people import Client
from testing.profiles import is_soaking

TRIED = 60
CLAIM_SECONDS = 5


def explore(group: Group, check: Callable[[], None], **actions: Action) -> int:
    """Run actions in many orders of their steps; then deliver what is queued, and check."""
    simulation = group.simulation

    def look(results: Results) -> None:
        assert "internal" not in str(results)
        deliver_all(simulation)
        check_invariants(simulation)
        check()

    if len(actions) == 2:
        return explore_interruptions(simulation, lambda: actions, look)
    if is_soaking():
        return explore_all(simulation, lambda: actions, look, at_most=20 * TRIED)
    return explore_some(simulation, lambda: actions, look, number=TRIED)


def wakes(group: Group) -> Action:
    """Make an action that wakes the room, for no message in particular."""
    wake = encode_wake(Wake(group.conversation, 1))
    return lambda: deliver(group.simulation, wake)


def claimed_wake(group: Group) -> Action:
    """Send a message, and make an action that delivers the wake that its sender claimed."""
    group.says(group.hers, "first")()
    [wake] = group.simulation.queues.take_wakes()
    return lambda: deliver(group.simulation, wake)


def pushes(group: Group) -> Action:
    """Make an action that wakes the room and pushes what that queues."""

    def act() -> None:
        wakes(group)()
        deliver_shards(group.simulation)

    return act


def new_numbers() -> list[int]:
    """List the numbers of what was stored since the room was woken, without a request."""
    stored = [*rows("MessagesTable"), *rows("ChangesTable")]
    found = {row["seq"] for row in stored if not row.get("unused")}
    return sorted(each for each in found if each > START)


START = 2
"""Bob was added, and "before" was sent."""


def check_everybody_has_everything(*clients: Client) -> None:
    """Check that each client got each new number, apart from those that it has as replies."""
    for client in clients:
        assert sorted(set(numbers(client))) == new_numbers(), client.user.username


def test_message_that_is_stored_while_a_wake_runs_is_not_left_behind(room: Group) -> None:
    orders = explore(
        room,
        lambda: check_everybody_has_everything(room.her_phone, room.carols, room.his),
        send=room.says(room.hers, "Hello", key="1"),
        wake=claimed_wake(room),
    )

    assert orders > 20


def test_messages_of_several_senders_beside_a_wake_all_arrive(room: Group) -> None:
    explore(
        room,
        lambda: check_everybody_has_everything(room.her_phone, room.his),
        hers=room.says(room.hers, "hers"),
        carols=room.says(room.carols, "carols"),
        wake=claimed_wake(room),
        again=pushes(room),
    )


def test_no_number_comes_twice_in_what_one_wake_pushes(room: Group) -> None:
    def check() -> None:
        for client in (room.her_phone, room.his):
            for frame in client.received:
                seqs = [each["data"]["seq"] for each in frame["data"].get("frames", [])]
                assert seqs == sorted(set(seqs))

    explore(
        room,
        check,
        hers=room.says(room.hers, "hers"),
        edit=room.edits(room.hers, START, "edited"),
        carols=room.says(room.carols, "carols"),
        wake=pushes(room),
    )


def test_numbers_arrive_in_order_if_one_wake_runs_after_the_other(room: Group) -> None:
    def check() -> None:
        for client in (room.her_phone, room.his):
            assert numbers(client) == sorted(set(numbers(client)))

    orders = explore(room, check, send=room.says(room.hers, "Hello"), wake=pushes(room))

    assert orders > 20


def removes_and_says(group: Group) -> Action:
    """Remove bob, and after the reply send a message that he must not get."""

    def act() -> None:
        reply = group.removes(group.her_phone)()
        assert reply["type"] == "member_removed"
        group.says(group.her_phone, "secret")()
        group.edits(group.hers, START, "secret")()

    return act


def test_removed_member_receives_nothing_after_the_removal(room: Group) -> None:
    def check() -> None:
        assert "secret" not in str(room.his.received)
        assert "secret" in str(room.carols.received)

    explore(
        room,
        check,
        remove=removes_and_says(room),
        send=room.says(room.carols, "public"),
        wake=pushes(room),
    )


def test_removed_member_receives_nothing_of_a_wake_at_the_same_time(room: Group) -> None:
    orders = explore(
        room,
        lambda: _check_knows_no_secret(room),
        wake=pushes(room),
        remove=removes_and_says(room),
    )

    assert orders > 20


def _check_knows_no_secret(room: Group) -> None:
    assert "secret" not in str(room.his.received)


def test_member_who_is_added_during_a_wake_gets_what_follows(room: Group) -> None:
    room.removes(room.hers)()
    room.simulation.queues.clear()
    room.simulation.advance_time(CLAIM_SECONDS)

    def welcomes() -> None:
        room.adds(room.hers)()
        room.says(room.hers, "welcome")()

    orders = explore(room, lambda: _check_was_welcomed(room), wake=claimed_wake(room), add=welcomes)

    assert orders > 20


def test_member_who_leaves_and_comes_back_meanwhile_gets_what_follows(room: Group) -> None:
    def comes_back() -> None:
        room.removes(room.hers)()
        room.adds(room.hers)()
        room.says(room.hers, "welcome")()

    explore(
        room,
        lambda: _check_was_welcomed(room),
        back=comes_back,
        send=room.says(room.carols, "public"),
        wake=pushes(room),
    )


def _check_was_welcomed(room: Group) -> None:
    frames = unpacked(room.his)
    assert "welcome" in [each["data"].get("content") for each in frames]


def test_room_that_grows_meanwhile_reaches_everybody(room: Group) -> None:
    """One sender finds a small room and the other a big one, whatever the wake finds."""
    group = room
    small = group.simulation.with_limits(batch_room_connections=4, inline_push_limit=500)
    group.simulation.services = small
    fresh = group.unauthenticated_client(group.his)
    data = {"token": group.his.token, "accepts": ["batch"]}

    explore(
        group,
        lambda: check_everybody_has_everything(group.her_phone),
        join=group.sends(fresh, {"type": "authenticate", "data": data}),
        hers=group.says(group.hers, "hers"),
        carols=group.says(group.carols, "carols"),
    )
