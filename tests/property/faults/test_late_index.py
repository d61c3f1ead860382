"""The index of a conversation's members follows its table late: nobody is to notice for long."""

from itertools import chain, combinations

import pytest

from tests.world.lag import late_index
from tests.world.room import Room, contents
from tests.world.truth import check_tables, members_of, rows

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


def listed(room: Room) -> list[str]:
    page = room.asks(room.hers, "list_members")()
    return [each["user_id"] for each in page["data"]["items"]]


@each_lag
@each_share
def test_who_came_first_inherits_though_the_index_lists_only_who_came_later(
    room: Room, queries: int, arrives: tuple[str, ...]
) -> None:
    room.asks(room.carols, "leave_conversation")()
    with late_index(room.world, room.conversation, queries=queries, arrives=arrives):
        room.adds(room.hers, "carol")()
        room.world.passes(1)
        room.adds(room.hers)()

        reply = room.asks(room.hers, "leave_conversation")()

    assert reply["type"] == "member_removed"
    assert owner() == CAROL
    check_tables(room.world)


@each_lag
@each_share
def test_who_left_just_now_does_not_inherit(
    bobs: Room, queries: int, arrives: tuple[str, ...]
) -> None:
    with late_index(bobs.world, bobs.conversation, queries=queries, arrives=arrives):
        bobs.asks(bobs.carols, "leave_conversation")()

        reply = bobs.asks(bobs.hers, "leave_conversation")()

    assert reply["type"] == "member_removed"
    assert owner() == BOB
    check_tables(bobs.world)


@each_lag
def test_the_last_one_closes_the_conversation_though_others_seem_to_be_there(
    room: Room, queries: int
) -> None:
    with late_index(room.world, room.conversation, queries=queries):
        room.asks(room.carols, "leave_conversation")()

        reply = room.asks(room.hers, "leave_conversation")()

    assert reply["type"] == "member_removed"
    assert members_of(room.conversation) == set()
    check_tables(room.world)


def test_an_index_that_stays_behind_is_a_conflict_to_try_again(room: Room) -> None:
    with late_index(room.world, room.conversation, queries=99):
        room.adds(room.hers)()

        refused = room.asks(room.hers, "leave_conversation")()

    assert refused["code"] == "conflict"
    assert room.asks(room.hers, "leave_conversation")()["type"] == "member_removed"
    check_tables(room.world)


def test_who_is_out_is_on_no_list_and_told_nothing_though_the_index_has_them(bobs: Room) -> None:
    with late_index(bobs.world, bobs.conversation, queries=99):
        bobs.removes(bobs.hers)()
        bobs.forget()

        bobs.says(bobs.hers, "Hello")()

        assert listed(bobs) == [ALICE, CAROL]
    assert contents(bobs.his) == []
    assert contents(bobs.carols) == ["Hello"]


def test_who_came_is_told_before_the_index_has_them_and_on_the_list_after(room: Room) -> None:
    with late_index(room.world, room.conversation, queries=1):
        room.adds(room.hers)()

        room.says(room.hers, "Hello")()

        assert listed(room) == [ALICE, CAROL]
    assert contents(room.his) == ["Hello"]
    assert listed(room) == [ALICE, BOB, CAROL]


def test_a_page_is_filled_up_with_who_comes_after_those_who_went(bobs: Room) -> None:
    with late_index(bobs.world, bobs.conversation, queries=99):
        bobs.removes(bobs.hers)()

        page = bobs.asks(bobs.hers, "list_members", limit=2)()

    assert [each["user_id"] for each in page["data"]["items"]] == [ALICE, CAROL]
