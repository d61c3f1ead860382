"""Titles, pins and roles at the same time as each other, and as all that asks for a role."""

from collections.abc import Callable
from itertools import combinations_with_replacement

import pytest

from testing.conversation_reader import ConversationReader, check_conversation
from testing.group import Action, Group, Results, run_interleaved
from testing.injection import inject_before
from testing.invariants import rows

FIRST = 2
"""The number of the first message: adding bob has taken number 1."""

ORDERS = 4
SOAKED = 3_000

type Makes = Callable[[Group], Action]


@pytest.fixture
def led(group_with_bob: Group) -> Group:
    """Give a group in which bob is a moderator and alice has said something that is not pinned."""
    group_with_bob.says(group_with_bob.hers, "one")()
    group_with_bob.gives_role(group_with_bob.hers, "bob", "moderator")()
    group_with_bob.forget()
    return group_with_bob


def in_turn(*actions: Action) -> Action:
    """Make an action of several that one client sends one after another."""

    def run() -> list[object]:
        return [action() for action in actions]

    return run


CHANGES: dict[str, Makes] = {
    "her title": lambda room: room.titles(room.hers, "hers"),
    "his title": lambda room: room.titles(room.his, "his"),
    "her pin": lambda room: room.pins(room.hers, FIRST),
    "his pin, taken away": lambda room: in_turn(
        room.pins(room.his, FIRST), room.unpins(room.his, FIRST)
    ),
    "deletion": lambda room: room.deletes(room.her_phone, FIRST),
    "he becomes owner": lambda room: room.gives_role(room.hers, "bob", "owner"),
    "he becomes a member": lambda room: room.gives_role(room.hers, "bob", "member"),
    "he becomes owner, then a member": lambda room: in_turn(
        room.gives_role(room.her_phone, "bob", "owner"),
        room.gives_role(room.her_phone, "bob", "member"),
        room.gives_role(room.her_phone, "bob", "moderator"),
    ),
    "carol becomes a moderator": lambda room: room.gives_role(room.hers, "carol", "moderator"),
    "he is removed": lambda room: room.removes(room.her_phone),
    "he leaves": lambda room: room.requests(room.his, "leave_conversation"),
    "she leaves": lambda room: room.requests(room.hers, "leave_conversation"),
    "she removes carol": lambda room: room.removes(room.hers, "carol"),
    "message": lambda room: room.says(room.hers, "two"),
}


def the_reader(room: Group) -> ConversationReader:
    """Give a reader who is still a member."""
    members = {row["user_id"] for row in rows("MembershipsTable")}
    clients = (room.carols, room.her_phone, room.his)
    return ConversationReader(room, next(each for each in clients if each.user.user_id in members))


@pytest.mark.parametrize(("one", "other"), list(combinations_with_replacement(CHANGES, 2)), ids=str)
def test_every_pair_ends_in_what_history_says(led: Group, one: str, other: str) -> None:
    run_interleaved(
        led,
        check=lambda _: check_conversation(the_reader(led)),
        at_most=ORDERS,
        soaked=SOAKED,
        one=CHANGES[one](led),
        other=CHANGES[other](led),
    )


@pytest.mark.parametrize("what", CHANGES)
def test_a_reader_at_the_same_time_misses_no_change(led: Group, what: str) -> None:
    def check(results: Results) -> None:
        if what != "she removes carol":
            check_conversation(results["read"])

    run_interleaved(
        led,
        check=check,
        at_most=ORDERS,
        soaked=SOAKED,
        change=CHANGES[what](led),
        read=lambda: ConversationReader(led, led.carols).catches_up(),
    )


def overtakes(room: Group, later: Action, overtaken: Action) -> None:
    """Run an action, and between its number and what it stores under it all of another one."""
    with inject_before(room.simulation, "TransactWriteItems", later):
        overtaken()


def test_an_overtaken_pin_is_stored_under_a_number_that_is_the_last(led: Group) -> None:
    later = in_turn(led.pins(led.his, FIRST), led.unpins(led.his, FIRST))

    overtakes(led, later, led.pins(led.hers, FIRST))

    check_conversation(the_reader(led))


def test_an_overtaken_unpinning_is_stored_under_a_number_that_is_the_last(led: Group) -> None:
    led.pins(led.hers, FIRST)()
    later = in_turn(led.unpins(led.his, FIRST), led.pins(led.his, FIRST))

    overtakes(led, later, led.unpins(led.hers, FIRST))

    check_conversation(the_reader(led))


def test_an_overtaken_role_is_stored_under_a_number_that_is_the_last(led: Group) -> None:
    later = in_turn(
        led.gives_role(led.her_phone, "bob", "owner"),
        led.gives_role(led.her_phone, "bob", "moderator"),
    )

    overtakes(led, later, led.gives_role(led.hers, "bob", "member"))

    check_conversation(the_reader(led))


def test_an_owner_who_leaves_later_than_a_role_was_given_has_a_successor(led: Group) -> None:
    later = in_turn(
        led.gives_role(led.her_phone, "carol", "moderator"),
        led.gives_role(led.her_phone, "bob", "member"),
    )

    overtakes(led, later, led.requests(led.hers, "leave_conversation"))

    check_conversation(the_reader(led))


def test_member_who_becomes_an_owner_during_the_removal_is_removed(led: Group) -> None:
    with inject_before(
        led.simulation, "BatchGetItem", led.gives_role(led.her_phone, "bob", "owner")
    ):
        reply = led.removes(led.hers)()

    assert reply["type"] == "member_removed"
    check_conversation(the_reader(led))


def test_a_removal_that_a_role_overtakes_comes_after_it(led: Group) -> None:
    later = in_turn(
        led.gives_role(led.her_phone, "bob", "member"),
        led.gives_role(led.her_phone, "bob", "moderator"),
    )

    overtakes(led, later, led.removes(led.hers))

    kinds = [row["kind"] for row in sorted(rows("ChangesTable"), key=lambda row: row["seq"])]
    assert kinds[-1] == "member_removed"
    check_conversation(the_reader(led))
