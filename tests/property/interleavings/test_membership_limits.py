"""Several actions compete for the last place of a conversation or of a user."""

import pytest

from testing.group import Action, Group, Results, run_interleaved
from testing.invariants import members_of, rows
from testing.people import Person


def create_conversation(
    group: Group, kind: str, username: str, *, at_her_phone: bool = False
) -> Action:
    client = group.her_phone if at_her_phone else group.hers
    data = {"kind": kind, "members": [username]}
    return group.sends(client, {"type": "create_conversation", "data": data})


def check_one_refused(results: Results) -> None:
    refused = [reply for reply in results.values() if reply["type"] == "error"]
    assert [reply["code"] for reply in refused] == ["conflict"]


def conversations_of(name: str) -> int:
    """Count the conversations a user is in."""
    return sum(row["username"] == name for row in rows("MembershipsTable"))


@pytest.fixture
def limited_group(group: Group) -> Group:
    """Give a group with one place left; a user may be in two conversations."""
    Person(group.simulation, "dave")
    group.simulation.services = group.simulation.with_limits(
        members_per_conversation=3, conversations_per_user=2
    )
    return group


def test_only_one_of_two_users_gets_the_last_place_of_a_conversation(limited_group: Group) -> None:
    def check(results: Results) -> None:
        check_one_refused(results)
        assert len(members_of(limited_group.conversation)) == 3

    runs = run_interleaved(
        limited_group,
        limited_group.his,
        check=check,
        bob=limited_group.adds(limited_group.hers),
        dave=limited_group.adds(limited_group.her_phone, "dave"),
    )

    assert runs > 2


def test_adding_while_another_leaves_a_full_group_is_consistent(limited_group: Group) -> None:
    limited_group.with_bob()

    def check(results: Results) -> None:
        is_in = results["add"]["type"] == "members_added"
        assert is_in or results["add"]["code"] == "conflict"
        assert len(members_of(limited_group.conversation)) == 2 + is_in

    runs = run_interleaved(
        limited_group,
        limited_group.his,
        check=check,
        leave=limited_group.requests(limited_group.his, "leave_conversation"),
        add=limited_group.adds(limited_group.hers, "dave"),
    )

    assert runs > 2


def test_only_one_of_two_conversations_gets_the_last_place_of_a_user(limited_group: Group) -> None:
    limited_group.sends(
        limited_group.his, {"type": "create_conversation", "data": {"kind": "group", "members": []}}
    )()

    def check(results: Results) -> None:
        check_one_refused(results)
        assert conversations_of("bob") == 2

    runs = run_interleaved(
        limited_group,
        limited_group.his,
        at_most=50,
        check=check,
        add=limited_group.adds(limited_group.hers),
        create=create_conversation(limited_group, "group", "bob", at_her_phone=True),
    )

    assert runs > 10


def test_user_creating_twice_at_the_limit_creates_once(limited_group: Group) -> None:
    def check(results: Results) -> None:
        check_one_refused(results)
        assert conversations_of("alice") == 2

    runs = run_interleaved(
        limited_group,
        limited_group.his,
        at_most=50,
        check=check,
        one=create_conversation(limited_group, "group", "bob"),
        other=create_conversation(limited_group, "direct", "bob", at_her_phone=True),
    )

    assert runs > 10


def test_direct_conversation_created_twice_at_the_limit_is_one(limited_group: Group) -> None:
    def check(results: Results) -> None:
        assert len({reply["data"]["conversation_id"] for reply in results.values()}) == 1

    runs = run_interleaved(
        limited_group,
        limited_group.his,
        at_most=50,
        check=check,
        one=create_conversation(limited_group, "direct", "bob"),
        other=create_conversation(limited_group, "direct", "bob", at_her_phone=True),
    )

    assert runs > 10
