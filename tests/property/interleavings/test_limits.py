"""The last place of a conversation or of a user, wanted by several at the same time."""

import pytest

from testing.group import Action, Group, Results, run_interleaved
from testing.invariants import members_of, rows
from testing.people import Person


def creates(room: Group, kind: str, username: str, *, at_her_phone: bool = False) -> Action:
    client = room.her_phone if at_her_phone else room.hers
    data = {"kind": kind, "members": [username]}
    return room.sends(client, {"type": "create_conversation", "data": data})


def check_one_refused(results: Results) -> None:
    refused = [reply for reply in results.values() if reply["type"] == "error"]
    assert [reply["code"] for reply in refused] == ["conflict"]


def most(name: str) -> int:
    """Count the conversations a user is in."""
    return sum(row["username"] == name for row in rows("MembershipsTable"))


@pytest.fixture
def narrow(room: Group) -> Group:
    """Give a group with one place left, in a world where nobody is in more than two."""
    Person(room.simulation, "dave")
    room.simulation.services = room.simulation.with_limits(
        members_per_conversation=3, conversations_per_user=2
    )
    return room


def test_two_who_are_added_at_the_last_place_are_not_both(narrow: Group) -> None:
    def check(results: Results) -> None:
        check_one_refused(results)
        assert len(members_of(narrow.conversation)) == 3

    performances = run_interleaved(
        narrow,
        narrow.his,
        check=check,
        bob=narrow.adds(narrow.hers),
        dave=narrow.adds(narrow.her_phone, "dave"),
    )

    assert performances > 2


def test_who_comes_while_another_leaves_a_full_group_has_the_place_or_not(narrow: Group) -> None:
    narrow.with_bob()

    def check(results: Results) -> None:
        is_in = results["add"]["type"] == "members_added"
        assert is_in or results["add"]["code"] == "conflict"
        assert len(members_of(narrow.conversation)) == 2 + is_in

    performances = run_interleaved(
        narrow,
        narrow.his,
        check=check,
        leave=narrow.asks(narrow.his, "leave_conversation"),
        add=narrow.adds(narrow.hers, "dave"),
    )

    assert performances > 2


def test_two_conversations_that_want_a_users_last_place_do_not_both_have_it(narrow: Group) -> None:
    narrow.sends(
        narrow.his, {"type": "create_conversation", "data": {"kind": "group", "members": []}}
    )()

    def check(results: Results) -> None:
        check_one_refused(results)
        assert most("bob") == 2

    performances = run_interleaved(
        narrow,
        narrow.his,
        at_most=50,
        check=check,
        add=narrow.adds(narrow.hers),
        create=creates(narrow, "group", "bob", at_her_phone=True),
    )

    assert performances > 10


def test_one_who_creates_twice_at_the_last_place_creates_once(narrow: Group) -> None:
    def check(results: Results) -> None:
        check_one_refused(results)
        assert most("alice") == 2

    performances = run_interleaved(
        narrow,
        narrow.his,
        at_most=50,
        check=check,
        one=creates(narrow, "group", "bob"),
        other=creates(narrow, "direct", "bob", at_her_phone=True),
    )

    assert performances > 10


def test_a_direct_conversation_begun_twice_at_the_last_place_is_one_for_both(narrow: Group) -> None:
    def check(results: Results) -> None:
        assert len({reply["data"]["conversation_id"] for reply in results.values()}) == 1

    performances = run_interleaved(
        narrow,
        narrow.his,
        at_most=50,
        check=check,
        one=creates(narrow, "direct", "bob"),
        other=creates(narrow, "direct", "bob", at_her_phone=True),
    )

    assert performances > 10
