"""Each message once, in one order, and no gap that is filled after it was passed."""

import pytest

from testing.group import Group, Results, contents, run_interleaved, stored
from testing.interleavings import random_order
from testing.invariants import check_invariants, rows
from testing.scheduler import Scheduler
from testing.sockets import Frame


def test_message_sent_twice_concurrently_is_stored_once(group: Group) -> None:
    def check(results: Results) -> None:
        assert results["one"] == results["other"]
        assert stored() == ["Hello"]
        assert set(contents(group.carols)) == {"Hello"}

    runs = run_interleaved(
        group,
        check=check,
        one=group.says(group.hers, "Hello", key="1"),
        other=group.says(group.hers, "Hello", key="1"),
    )

    assert runs > 2


def test_three_concurrent_senders_get_one_order(group: Group) -> None:
    def check(results: Results) -> None:
        numbers = {reply["data"]["seq"]: reply["data"]["content"] for reply in results.values()}
        assert [numbers[seq] for seq in (1, 2, 3)] == stored()

    runs = run_interleaved(
        group,
        at_most=50,
        check=check,
        one=group.says(group.hers, "one", key="1"),
        two=group.says(group.her_phone, "two"),
        three=group.says(group.carols, "three", key="1"),
    )

    assert runs > 10


@pytest.mark.parametrize("seed", [1, 2])
def test_fifty_concurrent_messages_get_fifty_rising_numbers(group: Group, seed: int) -> None:
    speakers = (group.hers, group.her_phone, group.carols)
    scheduler = Scheduler(group.simulation, random_order(seed))

    replies = scheduler.run(
        {str(number): group.says(speakers[number % 3], str(number)) for number in range(50)}
    )

    numbered = {reply["data"]["seq"]: reply["data"]["content"] for reply in replies.values()}
    assert [numbered[seq] for seq in range(1, 51)] == stored()
    check_invariants(group.simulation)


def catch_up(group: Group) -> tuple[int, list[Frame]]:
    """Catch up as a client does; returns the number it then counts as seen, and the messages."""
    ack = group.requests(group.carols, "heartbeat", positions={group.conversation: 0})()
    page = group.requests(group.carols, "history", after_seq=0)()
    return ack["data"]["behind"].get(group.conversation, 0), page["data"]["messages"]


def check_caught_up(results: Results) -> None:
    """Check that no message is stored under a number that the client counted as seen."""
    behind, messages = results["history"]
    seen = [each["seq"] for each in messages]
    used = sorted(row["seq"] for row in rows("MessagesTable") if not row.get("unused"))
    assert seen == [seq for seq in used if seq <= max([behind, *seen])]


@pytest.mark.parametrize("key", [None, "1"])
def test_history_never_passes_a_number_used_later(group: Group, key: str | None) -> None:
    runs = run_interleaved(
        group,
        check=check_caught_up,
        history=lambda: catch_up(group),
        send=group.says(group.hers, "one", key),
    )

    assert runs > 10


def test_history_never_passes_a_number_of_two_senders_used_later(group: Group) -> None:
    runs = run_interleaved(
        group,
        at_most=50,
        check=check_caught_up,
        history=lambda: catch_up(group),
        one=group.says(group.hers, "one", key="1"),
        two=group.says(group.her_phone, "two"),
    )

    assert runs > 10


def test_message_sent_twice_is_stored_once_though_history_seals_its_number(group: Group) -> None:
    def check(results: Results) -> None:
        assert results["one"] == results["other"]
        assert stored() == ["Hello"]

    runs = run_interleaved(
        group,
        at_most=50,
        check=check,
        history=group.requests(group.carols, "history", after_seq=0),
        one=group.says(group.hers, "Hello", key="1"),
        other=group.says(group.hers, "Hello", key="1"),
    )

    assert runs > 10


def test_concurrent_read_marks_end_at_the_furthest(group: Group) -> None:
    for content in ("one", "two"):
        group.says(group.hers, content)()

    def check(_: Results) -> None:
        marks = {row["user_id"]: row["last_read_seq"] for row in rows("MembershipsTable")}
        assert marks["user-carol"] == 2

    runs = run_interleaved(
        group, check=check, one=group.reads(group.carols, 1), two=group.reads(group.carols, 2)
    )

    assert runs > 2
