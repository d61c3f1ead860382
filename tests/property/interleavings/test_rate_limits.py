"""How much one connection may send, and how many a user may have: whatever happens at once."""

from testing.group import Group, Results, run_interleaved
from testing.interleavings import explore_all, explore_some
from testing.invariants import counting_rows, rows
from testing.people import Client
from testing.simulation import ALWAYS
from testing.sockets import Frame


def codes(results: Results) -> list[str]:
    """List the codes of the replies, or their types, in order of the alphabet."""
    return sorted(reply.get("code", reply["type"]) for reply in results.values())


def counted(client: Client) -> list[int]:
    """List how much typing was counted of a client, by the minute."""
    found = [
        row for row in rows("ConnectionsTable") if row["connection_id"] == client.connection_id
    ]
    return [count for row in found for name, count in row.items() if name.startswith("typing_in_")]


def test_however_many_frames_are_sent_at_once_each_is_counted(room: Group) -> None:
    room.simulation.random = ALWAYS
    room.simulation.services = room.simulation.with_limits(typing_per_minute=2)
    frame: Frame = {"type": "typing", "conversationId": room.conversation, "requestId": "r"}
    typing = room.sends(room.carols, frame)
    let_through = set()

    def check(results: Results) -> None:
        let_through.add(codes(results).count("ack"))
        assert counted(room.carols) == [3]

    performances = explore_all(
        room.simulation, lambda: {"one": typing, "two": typing, "three": typing}, check
    )

    # Whoever reads the roster late may meet the mark that another frame made.
    assert let_through == {0, 1, 2}
    assert performances > 2


def test_two_who_come_to_the_last_place_are_not_both_let_in(room: Group) -> None:
    room.simulation.services = room.simulation.with_limits(connections_per_user=2)
    fresh = [room.arriving(room.his) for _ in range(2)]
    outcomes = set()

    def check(results: Results) -> None:
        outcomes.add(tuple(codes(results)))
        live = [row for row in rows("SessionsTable") if row["user_id"] == room.his.user.user_id]
        assert len(live) == 1 + codes(results).count("auth_success")

    explore_all(
        room.simulation,
        lambda: {str(at): room.authenticates(each) for at, each in enumerate(fresh)},
        check,
    )

    assert outcomes == {("auth_success", "conflict"), ("conflict", "conflict")}


def test_who_renews_a_session_stays_in_while_others_come_to_no_place(room: Group) -> None:
    room.simulation.services = room.simulation.with_limits(connections_per_user=1)
    fresh = room.arriving(room.his)

    def check(results: Results) -> None:
        assert results["renew"]["type"] == "auth_success"
        assert results["come"]["code"] == "conflict"

    performances = explore_all(
        room.simulation,
        lambda: {"renew": room.authenticates(room.his), "come": room.authenticates(fresh)},
        check,
    )

    assert performances > 1


def test_who_finds_no_place_while_being_added_is_told_nothing(room: Group) -> None:
    room.simulation.services = room.simulation.with_limits(connections_per_user=1)
    fresh = room.arriving(room.his)

    def check(results: Results) -> None:
        assert results["come"]["code"] == "conflict"
        assert room.says(fresh, "x")()["code"] == "not_authenticated"

    performances = run_interleaved(
        room,
        fresh,
        check=check,
        at_most=50,
        come=room.authenticates(fresh),
        add=room.adds(room.hers),
    )

    assert performances > 2


def test_who_asks_twice_at_the_last_place_is_in_once_or_out(group_with_bob: Group) -> None:
    group_with_bob.simulation.services = group_with_bob.simulation.with_limits(
        connections_per_user=2
    )
    fresh, other = (
        group_with_bob.arriving(group_with_bob.his),
        group_with_bob.arriving(group_with_bob.his),
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
