"""Limits of frames per connection and connections per user, under concurrency."""

from testing.group import Group, Results, run_interleaved
from testing.interleavings import explore_all, explore_some
from testing.invariants import counting_rows, rows
from testing.people import Client
from testing.simulation import ALWAYS
from testing.sockets import Frame


def codes(results: Results) -> list[str]:
    """List the codes of the replies, or their types, in order of the alphabet."""
    return sorted(reply.get("code", reply["type"]) for reply in results.values())


def typing_counts(client: Client) -> list[int]:
    """List the counts of a client's typing frames by the minute."""
    found = [
        row for row in rows("ConnectionsTable") if row["connection_id"] == client.connection_id
    ]
    return [count for row in found for name, count in row.items() if name.startswith("typing_in_")]


def test_every_concurrent_frame_is_counted(group: Group) -> None:
    group.simulation.random = ALWAYS
    group.simulation.services = group.simulation.with_limits(typing_per_minute=2)
    frame: Frame = {"type": "typing", "conversationId": group.conversation, "requestId": "r"}
    typing = group.sends(group.carols, frame)
    let_through = set()

    def check(results: Results) -> None:
        let_through.add(codes(results).count("ack"))
        assert typing_counts(group.carols) == [3]

    runs = explore_all(
        group.simulation, lambda: {"one": typing, "two": typing, "three": typing}, check
    )

    # A frame that reads the roster late may find the mark that another one made.
    assert let_through == {0, 1, 2}
    assert runs > 2


def test_only_one_of_two_connections_gets_the_last_place(group: Group) -> None:
    group.simulation.services = group.simulation.with_limits(connections_per_user=2)
    fresh = [group.unauthenticated_client(group.his) for _ in range(2)]
    outcomes = set()

    def check(results: Results) -> None:
        outcomes.add(tuple(codes(results)))
        live = [row for row in rows("SessionsTable") if row["user_id"] == group.his.user.user_id]
        assert len(live) == 1 + codes(results).count("auth_success")

    explore_all(
        group.simulation,
        lambda: {str(at): group.authenticates(each) for at, each in enumerate(fresh)},
        check,
    )

    assert outcomes == {("auth_success", "conflict"), ("conflict", "conflict")}


def test_renewal_succeeds_while_others_compete_for_the_last_place(group: Group) -> None:
    group.simulation.services = group.simulation.with_limits(connections_per_user=1)
    fresh = group.unauthenticated_client(group.his)

    def check(results: Results) -> None:
        assert results["renew"]["type"] == "auth_success"
        assert results["come"]["code"] == "conflict"

    runs = explore_all(
        group.simulation,
        lambda: {"renew": group.authenticates(group.his), "come": group.authenticates(fresh)},
        check,
    )

    assert runs > 1


def test_rejected_connection_receives_nothing_while_its_user_is_added(group: Group) -> None:
    group.simulation.services = group.simulation.with_limits(connections_per_user=1)
    fresh = group.unauthenticated_client(group.his)

    def check(results: Results) -> None:
        assert results["come"]["code"] == "conflict"
        assert group.says(fresh, "x")()["code"] == "not_authenticated"

    runs = run_interleaved(
        group,
        fresh,
        check=check,
        at_most=50,
        come=group.authenticates(fresh),
        add=group.adds(group.hers),
    )

    assert runs > 2


def test_connection_authenticating_twice_takes_at_most_one_place(group_with_bob: Group) -> None:
    group_with_bob.simulation.services = group_with_bob.simulation.with_limits(
        connections_per_user=2
    )
    fresh, other = (
        group_with_bob.unauthenticated_client(group_with_bob.his),
        group_with_bob.unauthenticated_client(group_with_bob.his),
    )
    actions = {
        "one": group_with_bob.authenticates(fresh),
        "two": group_with_bob.authenticates(fresh),
        "other": group_with_bob.authenticates(other),
    }

    def check(_: Results) -> None:
        live = {row["connection_id"] for row in rows("SessionsTable")}
        assert len(live & {each.connection_id for each in (group_with_bob.his, fresh, other)}) <= 2
        assert {
            row["connection_id"] for row in counting_rows(group_with_bob.simulation).values()
        } <= live

    orders = explore_some(group_with_bob.simulation, lambda: actions, check, number=50)

    assert orders == 50
