"""The index of a conversation's members follows its table late: nobody is to notice for long."""

from itertools import chain, combinations

import pytest

from testing.group import Group, contents
from testing.index_lag import late_index
from testing.invariants import check_invariants, members_of, rows

ALICE, BOB, CAROL = "user-alice", "user-bob", "user-carol"

each_lag = pytest.mark.parametrize("queries", [1, 2, 3, 4])
each_share = pytest.mark.parametrize(
    "arrives",
    list(chain.from_iterable(combinations((BOB, CAROL), size) for size in range(3))),
    ids=str,
)


def owner() -> str:
    [found] = [row["user_id"] for row in rows("MembershipsTable") if row["role"] == "owner"]
    return str(found)


def listed(room: Group) -> list[str]:
    page = room.asks(room.hers, "list_members")()
    return [each["user_id"] for each in page["data"]["items"]]


@each_lag
@each_share
def test_who_came_first_inherits_though_the_index_lists_only_who_came_later(
    room: Group, queries: int, arrives: tuple[str, ...]
) -> None:
    room.asks(room.carols, "leave_conversation")()
    with late_index(room.simulation, room.conversation, queries=queries, arrives=arrives):
        room.adds(room.hers, "carol")()
        room.simulation.passes(1)
        room.adds(room.hers)()

        reply = room.asks(room.hers, "leave_conversation")()

    assert reply["type"] == "member_removed"
    assert owner() == CAROL
    check_invariants(room.simulation)


@each_lag
@each_share
def test_who_left_just_now_does_not_inherit(
    group_with_bob: Group, queries: int, arrives: tuple[str, ...]
) -> None:
    with late_index(
        group_with_bob.simulation, group_with_bob.conversation, queries=queries, arrives=arrives
    ):
        group_with_bob.asks(group_with_bob.carols, "leave_conversation")()

        reply = group_with_bob.asks(group_with_bob.hers, "leave_conversation")()

    assert reply["type"] == "member_removed"
    assert owner() == BOB
    check_invariants(group_with_bob.simulation)


@each_lag
def test_the_last_one_closes_the_conversation_though_others_seem_to_be_there(
    room: Group, queries: int
) -> None:
    with late_index(room.simulation, room.conversation, queries=queries):
        room.asks(room.carols, "leave_conversation")()

        reply = room.asks(room.hers, "leave_conversation")()

    assert reply["type"] == "member_removed"
    assert members_of(room.conversation) == set()
    check_invariants(room.simulation)


def test_an_index_that_stays_behind_is_a_conflict_to_try_again(room: Group) -> None:
    with late_index(room.simulation, room.conversation, queries=99):
        room.adds(room.hers)()

        refused = room.asks(room.hers, "leave_conversation")()

    assert refused["code"] == "conflict"
    assert room.asks(room.hers, "leave_conversation")()["type"] == "member_removed"
    check_invariants(room.simulation)


def test_who_is_out_is_on_no_list_and_told_nothing_though_the_index_has_them(
    group_with_bob: Group,
) -> None:
    with late_index(group_with_bob.simulation, group_with_bob.conversation, queries=99):
        group_with_bob.removes(group_with_bob.hers)()
        group_with_bob.forget()

        group_with_bob.says(group_with_bob.hers, "Hello")()

        assert listed(group_with_bob) == [ALICE, CAROL]
    assert contents(group_with_bob.his) == []
    assert contents(group_with_bob.carols) == ["Hello"]


def test_who_came_is_told_before_the_index_has_them_and_on_the_list_after(room: Group) -> None:
    with late_index(room.simulation, room.conversation, queries=1):
        room.adds(room.hers)()

        room.says(room.hers, "Hello")()

        assert listed(room) == [ALICE, CAROL]
    assert contents(room.his) == ["Hello"]
    assert listed(room) == [ALICE, BOB, CAROL]


def test_a_page_is_filled_up_with_who_comes_after_those_who_went(group_with_bob: Group) -> None:
    with late_index(group_with_bob.simulation, group_with_bob.conversation, queries=99):
        group_with_bob.removes(group_with_bob.hers)()

        page = group_with_bob.asks(group_with_bob.hers, "list_members", limit=2)()

    assert [each["user_id"] for each in page["data"]["items"]] == [ALICE, CAROL]
