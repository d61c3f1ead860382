"""Exactly once, in one order, and no gap that is filled after it was passed."""

import pytest

from testing.group import Group, Results, contents, run_interleaved, stored
from testing.interleavings import random_order
from testing.invariants import check_invariants, rows
from testing.scheduler import Scheduler
from testing.sockets import Frame


def test_a_message_sent_twice_at_once_is_stored_once(room: Group) -> None:
    def check(results: Results) -> None:
        assert results["one"] == results["other"]
        assert stored() == ["Hello"]
        assert set(contents(room.carols)) == {"Hello"}

    performances = run_interleaved(
        room,
        check=check,
        one=room.says(room.hers, "Hello", key="1"),
        other=room.says(room.hers, "Hello", key="1"),
    )

    assert performances > 2


def test_three_who_speak_at_once_are_numbered_in_one_order(room: Group) -> None:
    def check(results: Results) -> None:
        numbers = {reply["data"]["seq"]: reply["data"]["content"] for reply in results.values()}
        assert [numbers[seq] for seq in (1, 2, 3)] == stored()

    performances = run_interleaved(
        room,
        at_most=50,
        check=check,
        one=room.says(room.hers, "one", key="1"),
        two=room.says(room.her_phone, "two"),
        three=room.says(room.carols, "three", key="1"),
    )

    assert performances > 10


@pytest.mark.parametrize("seed", [1, 2])
def test_fifty_who_speak_at_once_get_fifty_rising_numbers(room: Group, seed: int) -> None:
    speakers = (room.hers, room.her_phone, room.carols)
    stage = Scheduler(room.simulation, random_order(seed))

    replies = stage.run(
        {str(number): room.says(speakers[number % 3], str(number)) for number in range(50)}
    )

    numbered = {reply["data"]["seq"]: reply["data"]["content"] for reply in replies.values()}
    assert [numbered[seq] for seq in range(1, 51)] == stored()
    check_invariants(room.simulation)


def catching_up(room: Group) -> tuple[int, list[Frame]]:
    """Do what a client does at a heartbeat: the number it then counts as seen, and the messages."""
    ack = room.asks(room.carols, "heartbeat", positions={room.conversation: 0})()
    page = room.asks(room.carols, "history", after_seq=0)()
    return ack["data"]["behind"].get(room.conversation, 0), page["data"]["messages"]


def check_caught_up(results: Results) -> None:
    """See that nothing is stored under a number that was counted as seen without it."""
    behind, messages = results["history"]
    seen = [each["seq"] for each in messages]
    used = sorted(row["seq"] for row in rows("MessagesTable") if not row.get("unused"))
    assert seen == [seq for seq in used if seq <= max([behind, *seen])]


@pytest.mark.parametrize("key", [None, "1"])
def test_history_never_passes_a_number_that_is_used_later(room: Group, key: str | None) -> None:
    performances = run_interleaved(
        room,
        check=check_caught_up,
        history=lambda: catching_up(room),
        send=room.says(room.hers, "one", key),
    )

    assert performances > 10


def test_history_never_passes_a_number_of_two_that_are_used_later(room: Group) -> None:
    performances = run_interleaved(
        room,
        at_most=50,
        check=check_caught_up,
        history=lambda: catching_up(room),
        one=room.says(room.hers, "one", key="1"),
        two=room.says(room.her_phone, "two"),
    )

    assert performances > 10


def test_a_message_sent_twice_whose_number_history_closes_is_stored_once(room: Group) -> None:
    def check(results: Results) -> None:
        assert results["one"] == results["other"]
        assert stored() == ["Hello"]

    performances = run_interleaved(
        room,
        at_most=50,
        check=check,
        history=room.asks(room.carols, "history", after_seq=0),
        one=room.says(room.hers, "Hello", key="1"),
        other=room.says(room.hers, "Hello", key="1"),
    )

    assert performances > 10


def test_a_read_mark_ends_at_the_furthest(room: Group) -> None:
    for content in ("one", "two"):
        room.says(room.hers, content)()

    def check(_: Results) -> None:
        marks = {row["user_id"]: row["last_read_seq"] for row in rows("MembershipsTable")}
        assert marks["user-carol"] == 2

    performances = run_interleaved(
        room, check=check, one=room.reads(room.carols, 1), two=room.reads(room.carols, 2)
    )

    assert performances > 2
