"""Going: closed connections, deadlines, members who leave."""

import pytest

from testing.group import Group, Results, run_interleaved
from testing.interleavings import explore_all
from testing.invariants import check_invariants, rows
from testing.people import Client


def check_forgotten(client: Client) -> None:
    tables = ("ConnectionsTable", "SessionsTable", "RosterTable")
    left = {row["connection_id"] for table in tables for row in rows(table)}
    assert client.connection_id not in left


def test_a_connection_that_ends_while_its_user_is_added_leaves_nothing(room: Group) -> None:
    performances = run_interleaved(
        room,
        check=lambda _: check_forgotten(room.his),
        disconnect=room.disconnects(room.his),
        add=room.adds(room.hers),
    )

    assert performances > 2


def test_a_connection_that_ends_while_it_authenticates_leaves_nothing(
    group_with_bob: Group,
) -> None:
    fresh = group_with_bob.arriving(group_with_bob.his)

    performances = run_interleaved(
        group_with_bob,
        check=lambda _: check_forgotten(fresh),
        disconnect=group_with_bob.disconnects(fresh),
        authenticate=group_with_bob.authenticates(fresh),
    )

    assert performances > 2


def test_a_connection_that_ends_while_it_renews_leaves_nothing(group_with_bob: Group) -> None:
    performances = run_interleaved(
        group_with_bob,
        check=lambda _: check_forgotten(group_with_bob.his),
        disconnect=group_with_bob.disconnects(group_with_bob.his),
        renew=group_with_bob.authenticates(group_with_bob.his),
    )

    assert performances > 2


def test_a_deadline_never_cuts_off_who_authenticates(group_with_bob: Group) -> None:
    fresh = group_with_bob.arriving(group_with_bob.his)
    body = f'{{"connection_id":"{fresh.connection_id}"}}'

    def check(results: Results) -> None:
        is_in = results["authenticate"]["type"] == "auth_success"
        assert is_in == (fresh.connection_id in group_with_bob.simulation.sockets.open)
        assert is_in != bool(fresh.received)

    performances = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        fresh,
        check=check,
        authenticate=group_with_bob.authenticates(fresh),
        deadline=lambda: group_with_bob.simulation.consume("auth_deadline", body),
    )

    assert performances > 1


@pytest.mark.parametrize("other", ["added", "removed", "leaving"])
def test_who_leaves_is_a_member_or_not_whatever_else_happens(
    group_with_bob: Group, other: str
) -> None:
    phone = group_with_bob.arriving(group_with_bob.his)
    group_with_bob.authenticates(phone)()
    does = {
        "added": group_with_bob.adds(group_with_bob.hers),
        "removed": group_with_bob.removes(group_with_bob.hers),
        "leaving": group_with_bob.asks(phone, "leave_conversation"),
    }

    performances = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        phone,
        leave=group_with_bob.asks(group_with_bob.his, "leave_conversation"),
        other=does[other],
    )

    assert performances > 2


def test_when_all_leave_at_once_the_conversation_is_closed(room: Group) -> None:
    def check(_: Results) -> None:
        check_invariants(room.simulation)
        [conversation] = rows("ConversationsTable")
        assert conversation["member_count"] == 0
        assert room.says(room.hers, "x")()["code"] == "not_a_member"

    performances = explore_all(
        room.simulation,
        lambda: {
            "owner": room.asks(room.hers, "leave_conversation"),
            "member": room.asks(room.carols, "leave_conversation"),
        },
        check,
    )

    assert performances > 2


def test_an_owner_who_leaves_while_adding_hands_on_a_whole_conversation(room: Group) -> None:
    performances = run_interleaved(
        room,
        leave=room.asks(room.hers, "leave_conversation"),
        add=room.adds(room.her_phone),
    )

    assert performances > 2
