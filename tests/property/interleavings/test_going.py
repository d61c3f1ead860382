"""Going: closed connections, deadlines, members who leave."""

import pytest

from tests.world.orders import in_every_order
from tests.world.people import Client
from tests.world.room import Results, Room, crossing
from tests.world.truth import check_tables, rows


def check_forgotten(client: Client) -> None:
    tables = ("ConnectionsTable", "SessionsTable", "RosterTable")
    left = {row["connection_id"] for table in tables for row in rows(table)}
    assert client.connection_id not in left


def test_a_connection_that_ends_while_its_user_is_added_leaves_nothing(room: Room) -> None:
    performances = crossing(
        room,
        check=lambda _: check_forgotten(room.his),
        disconnect=room.disconnects(room.his),
        add=room.adds(room.hers),
    )

    assert performances > 2


def test_a_connection_that_ends_while_it_authenticates_leaves_nothing(bobs: Room) -> None:
    fresh = bobs.arriving(bobs.his)

    performances = crossing(
        bobs,
        check=lambda _: check_forgotten(fresh),
        disconnect=bobs.disconnects(fresh),
        authenticate=bobs.authenticates(fresh),
    )

    assert performances > 2


def test_a_connection_that_ends_while_it_renews_leaves_nothing(bobs: Room) -> None:
    performances = crossing(
        bobs,
        check=lambda _: check_forgotten(bobs.his),
        disconnect=bobs.disconnects(bobs.his),
        renew=bobs.authenticates(bobs.his),
    )

    assert performances > 2


def test_a_deadline_never_cuts_off_who_authenticates(bobs: Room) -> None:
    fresh = bobs.arriving(bobs.his)
    body = f'{{"connection_id":"{fresh.connection_id}"}}'

    def check(results: Results) -> None:
        is_in = results["authenticate"]["type"] == "auth_success"
        assert is_in == (fresh.connection_id in bobs.world.sockets.open)
        assert is_in != bool(fresh.received)

    performances = crossing(
        bobs,
        bobs.his,
        fresh,
        check=check,
        authenticate=bobs.authenticates(fresh),
        deadline=lambda: bobs.world.consume("auth_deadline", body),
    )

    assert performances > 1


@pytest.mark.parametrize("other", ["added", "removed", "leaving"])
def test_who_leaves_is_a_member_or_not_whatever_else_happens(bobs: Room, other: str) -> None:
    phone = bobs.arriving(bobs.his)
    bobs.authenticates(phone)()
    does = {
        "added": bobs.adds(bobs.hers),
        "removed": bobs.removes(bobs.hers),
        "leaving": bobs.asks(phone, "leave_conversation"),
    }

    performances = crossing(
        bobs, bobs.his, phone, leave=bobs.asks(bobs.his, "leave_conversation"), other=does[other]
    )

    assert performances > 2


def test_when_all_leave_at_once_the_conversation_is_closed(room: Room) -> None:
    def check(_: Results) -> None:
        check_tables(room.world)
        [conversation] = rows("ConversationsTable")
        assert conversation["member_count"] == 0
        assert room.says(room.hers, "x")()["code"] == "not_a_member"

    performances = in_every_order(
        room.world,
        lambda: {
            "owner": room.asks(room.hers, "leave_conversation"),
            "member": room.asks(room.carols, "leave_conversation"),
        },
        check,
    )

    assert performances > 2


def test_an_owner_who_leaves_while_adding_hands_on_a_whole_conversation(room: Room) -> None:
    performances = crossing(
        room,
        leave=room.asks(room.hers, "leave_conversation"),
        add=room.adds(room.her_phone),
    )

    assert performances > 2
