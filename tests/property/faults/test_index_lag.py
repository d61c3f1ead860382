"""The index of a conversation's members lags behind its table: nobody notices for long."""

from itertools import chain, combinations

import pytest

from testing.group import Group, contents
from testing.index_lag import late_index
from testing.invariants import check_invariants, members_of, rows

ALICE, BOB, CAROL = "user-alice", "user-bob", "user-carol"

each_lag = pytest.mark.parametrize("queries", [1, 2, 3, 4])
each_share = pytest.mark.parametrize(
    "visible_users",
    list(chain.from_iterable(combinations((BOB, CAROL), size) for size in range(3))),
    ids=str,
)


def owner() -> str:
    [found] = [row["user_id"] for row in rows("MembershipsTable") if row["role"] == "owner"]
    return str(found)


def listed(group: Group) -> list[str]:
    page = group.requests(group.hers, "list_members")()
    return [each["user_id"] for each in page["data"]["items"]]


@each_lag
@each_share
def test_longest_standing_member_succeeds_though_the_index_lags(
    group: Group, queries: int, visible_users: tuple[str, ...]
) -> None:
    group.requests(group.carols, "leave_conversation")()
    with late_index(
        group.simulation, group.conversation, queries=queries, visible_users=visible_users
    ):
        group.adds(group.hers, "carol")()
        group.simulation.advance_time(1)
        group.adds(group.hers)()

        reply = group.requests(group.hers, "leave_conversation")()

    assert reply["type"] == "member_removed"
    assert owner() == CAROL
    check_invariants(group.simulation)


@each_lag
@each_share
def test_member_who_just_left_does_not_become_owner(
    group_with_bob: Group, queries: int, visible_users: tuple[str, ...]
) -> None:
    with late_index(
        group_with_bob.simulation,
        group_with_bob.conversation,
        queries=queries,
        visible_users=visible_users,
    ):
        group_with_bob.requests(group_with_bob.carols, "leave_conversation")()

        reply = group_with_bob.requests(group_with_bob.hers, "leave_conversation")()

    assert reply["type"] == "member_removed"
    assert owner() == BOB
    check_invariants(group_with_bob.simulation)


@each_lag
def test_last_member_closes_the_conversation_though_the_index_lists_others(
    group: Group, queries: int
) -> None:
    with late_index(group.simulation, group.conversation, queries=queries):
        group.requests(group.carols, "leave_conversation")()

        reply = group.requests(group.hers, "leave_conversation")()

    assert reply["type"] == "member_removed"
    assert members_of(group.conversation) == set()
    check_invariants(group.simulation)


def test_lasting_index_lag_is_a_conflict(group: Group) -> None:
    with late_index(group.simulation, group.conversation, queries=99):
        group.adds(group.hers)()

        refused = group.requests(group.hers, "leave_conversation")()

    assert refused["code"] == "conflict"
    assert group.requests(group.hers, "leave_conversation")()["type"] == "member_removed"
    check_invariants(group.simulation)


def test_removed_member_is_not_listed_and_receives_nothing_though_the_index_lags(
    group_with_bob: Group,
) -> None:
    with late_index(group_with_bob.simulation, group_with_bob.conversation, queries=99):
        group_with_bob.removes(group_with_bob.hers)()
        group_with_bob.forget()

        group_with_bob.says(group_with_bob.hers, "Hello")()

        assert listed(group_with_bob) == [ALICE, CAROL]
    assert contents(group_with_bob.his) == []
    assert contents(group_with_bob.carols) == ["Hello"]


def test_added_member_receives_messages_before_the_index_lists_them(group: Group) -> None:
    with late_index(group.simulation, group.conversation, queries=1):
        group.adds(group.hers)()

        group.says(group.hers, "Hello")()

        assert listed(group) == [ALICE, CAROL]
    assert contents(group.his) == ["Hello"]
    assert listed(group) == [ALICE, BOB, CAROL]


def test_page_is_filled_past_removed_members(group_with_bob: Group) -> None:
    with late_index(group_with_bob.simulation, group_with_bob.conversation, queries=99):
        group_with_bob.removes(group_with_bob.hers)()

        page = group_with_bob.requests(group_with_bob.hers, "list_members", limit=2)()

    assert [each["user_id"] for each in page["data"]["items"]] == [ALICE, CAROL]
