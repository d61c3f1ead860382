"""Closed connections, deadlines, and members who leave."""

import pytest

from testing.group import Group, Results, run_interleaved
from testing.interleavings import explore_all
from testing.invariants import check_invariants, members_of, rows
from testing.people import Client


def check_no_rows_left(client: Client) -> None:
    tables = ("ConnectionsTable", "SessionsTable", "RosterTable")
    left = {row["connection_id"] for table in tables for row in rows(table)}
    assert client.connection_id not in left


def test_connection_closed_while_its_user_is_added_leaves_no_rows(group: Group) -> None:
    runs = run_interleaved(
        group,
        check=lambda _: check_no_rows_left(group.his),
        disconnect=group.disconnects(group.his),
        add=group.adds(group.hers),
    )

    assert runs > 2


def test_connection_closed_while_it_authenticates_leaves_no_rows(
    group_with_bob: Group,
) -> None:
    fresh = group_with_bob.unauthenticated_client(group_with_bob.his)

    runs = run_interleaved(
        group_with_bob,
        check=lambda _: check_no_rows_left(fresh),
        disconnect=group_with_bob.disconnects(fresh),
        authenticate=group_with_bob.authenticates(fresh),
    )

    assert runs > 2


def test_connection_closed_while_it_renews_leaves_no_rows(group_with_bob: Group) -> None:
    runs = run_interleaved(
        group_with_bob,
        check=lambda _: check_no_rows_left(group_with_bob.his),
        disconnect=group_with_bob.disconnects(group_with_bob.his),
        renew=group_with_bob.authenticates(group_with_bob.his),
    )

    assert runs > 2


def test_deadline_never_closes_an_authenticated_connection(group_with_bob: Group) -> None:
    fresh = group_with_bob.unauthenticated_client(group_with_bob.his)
    body = f'{{"connection_id":"{fresh.connection_id}"}}'

    def check(results: Results) -> None:
        is_in = results["authenticate"]["type"] == "auth_success"
        assert is_in == (fresh.connection_id in group_with_bob.simulation.sockets.open)
        assert is_in != bool(fresh.received)

    runs = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        fresh,
        check=check,
        authenticate=group_with_bob.authenticates(fresh),
        deadline=lambda: group_with_bob.simulation.consume("auth_deadline", body),
    )

    assert runs > 1


@pytest.mark.parametrize("other", ["added", "removed", "leaving"])
def test_leaving_member_is_consistent_with_a_concurrent_change(
    group_with_bob: Group, other: str
) -> None:
    phone = group_with_bob.unauthenticated_client(group_with_bob.his)
    group_with_bob.authenticates(phone)()
    does = {
        "added": group_with_bob.adds(group_with_bob.hers),
        "removed": group_with_bob.removes(group_with_bob.hers),
        "leaving": group_with_bob.requests(phone, "leave_conversation"),
    }

    runs = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        phone,
        leave=group_with_bob.requests(group_with_bob.his, "leave_conversation"),
        other=does[other],
    )

    assert runs > 2


def test_conversation_is_closed_when_all_leave_concurrently(group: Group) -> None:
    def check(_: Results) -> None:
        check_invariants(group.simulation)
        [conversation] = rows("ConversationsTable")
        assert conversation["member_count"] == 0
        assert group.says(group.hers, "x")()["code"] == "not_a_member"

    runs = explore_all(
        group.simulation,
        lambda: {
            "owner": group.requests(group.hers, "leave_conversation"),
            "member": group.requests(group.carols, "leave_conversation"),
        },
        check,
    )

    assert runs > 2


def test_owner_leaving_while_adding_leaves_a_consistent_conversation(group: Group) -> None:
    def check(results: Results) -> None:
        is_added = results["add"]["type"] == "members_added"
        assert is_added or results["add"]["code"] == "not_a_member"
        assert is_added == (group.his.user.user_id in members_of(group.conversation))
        assert is_added == bool(group.his.received)

    runs = run_interleaved(
        group,
        check=check,
        leave=group.requests(group.hers, "leave_conversation"),
        add=group.adds(group.her_phone),
    )

    assert runs > 2
