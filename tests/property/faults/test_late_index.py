"""The index of a conversation's members follows its table late: nobody is to notice for long."""

import pytest

from tests.world.lag import late_index
from tests.world.room import Room
from tests.world.truth import check_tables, members_of, rows


def owner() -> str:
    [found] = [row["user_id"] for row in rows("MembershipsTable") if row["role"] == "owner"]
    return str(found)


@pytest.mark.parametrize("queries", [1, 2, 3])
def test_who_left_just_now_does_not_inherit(bobs: Room, queries: int) -> None:
    with late_index(bobs.world, bobs.conversation, queries=queries):
        bobs.asks(bobs.carols, "leave_conversation")()
        reply = bobs.asks(bobs.hers, "leave_conversation")()

    assert reply["type"] == "member_removed"
    assert owner() == "user-bob"
    check_tables(bobs.world)


@pytest.mark.parametrize("queries", [1, 2, 3])
def test_who_came_just_now_inherits(room: Room, queries: int) -> None:
    room.asks(room.carols, "leave_conversation")()
    with late_index(room.world, room.conversation, queries=queries):
        room.adds(room.hers)()
        reply = room.asks(room.hers, "leave_conversation")()

    assert reply["type"] == "member_removed"
    assert owner() == "user-bob"
    check_tables(room.world)


def test_the_last_one_closes_the_conversation_though_others_seem_to_be_there(room: Room) -> None:
    with late_index(room.world, room.conversation, queries=1):
        room.asks(room.carols, "leave_conversation")()
        reply = room.asks(room.hers, "leave_conversation")()

    assert reply["type"] == "member_removed"
    assert members_of(room.conversation) == set()


def test_an_index_that_stays_behind_is_a_conflict_to_try_again(room: Room) -> None:
    room.asks(room.carols, "leave_conversation")()
    with late_index(room.world, room.conversation, queries=99):
        room.adds(room.hers)()
        refused = room.asks(room.hers, "leave_conversation")()

    assert refused["code"] == "conflict"
    assert room.asks(room.hers, "leave_conversation")()["type"] == "member_removed"
    check_tables(room.world)
