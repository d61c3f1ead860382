"""What watchers hear when the users they watch come and go."""

import pytest

from testing.group import Group, create_group
from testing.invariants import rows
from testing.people import Client
from testing.presence import ALICE, BOB, CAROL, deliver_looks, look_at, watches
from testing.simulation import PASSWORD_OF_ALL, Simulation

OFFLINE_SECONDS = 60


@pytest.fixture
def group(simulation: Simulation) -> Group:
    group = create_group(simulation).with_bob()
    watches(group, group.hers, BOB)
    return group


def comes_back(group: Group, client: Client) -> Client:
    fresh = group.unauthenticated_client(client)
    assert group.authenticates(fresh)()["type"] == "auth_success"
    return fresh


def states(client: Client) -> list[tuple[str, bool]]:
    """List what a client was pushed of users, and drop it."""
    users = [
        (user["user_id"], user["is_online"])
        for frame in client.received
        if frame["type"] == "presence"
        for user in frame["data"]["users"]
    ]
    client.discards_received()
    return users


def test_a_user_is_offline_only_after_a_second_look(group: Group) -> None:
    group.his.closes()
    closed_at = group.simulation.now_ms

    assert group.simulation.queues.looks == [(BOB, OFFLINE_SECONDS)]
    group.hers.receives_nothing()
    deliver_looks(group)

    [user] = group.hers.receives("presence")["users"]
    assert (user["user_id"], user["is_online"]) == (BOB, False)
    assert user["last_seen_at"] == "2026-11-22T18:20:14.123Z"
    assert group.simulation.now_ms == closed_at + OFFLINE_SECONDS * 1000


def test_a_user_is_online_at_once(group: Group) -> None:
    group.his.closes()
    deliver_looks(group)
    group.hers.discards_received()

    comes_back(group, group.his)

    assert group.simulation.queues.looks == [(BOB, 0)]
    deliver_looks(group)
    [user] = group.hers.receives("presence")["users"]
    assert (user["user_id"], user["is_online"]) == (BOB, True)
    assert "last_seen_at" not in user


def test_versions_rise(group: Group) -> None:
    versions = []
    for _ in range(3):
        group.his.closes()
        deliver_looks(group)
        comes_back(group, group.his).closes()
        deliver_looks(group)
        versions += [u["version"] for f in group.hers.received for u in f["data"]["users"]]
        group.hers.discards_received()

    assert versions == sorted(set(versions))


def test_a_renewed_connection_is_not_seen(group: Group) -> None:
    group.his.closes()
    comes_back(group, group.his)

    deliver_looks(group)

    group.hers.receives_nothing()


def test_a_connection_that_breaks_again_and_again_is_not_seen(group: Group) -> None:
    his = group.his
    for _ in range(5):
        his.closes()
        group.simulation.advance_time(OFFLINE_SECONDS - 20)
        his = comes_back(group, his)
        group.simulation.advance_time(10)
    his.closes()
    group.simulation.advance_time(5)

    for user_id, _ in [group.simulation.queues.looks.pop() for _ in range(6)]:
        look_at(group, user_id)

    group.hers.receives_nothing()
    assert {delay for _, delay in group.simulation.queues.looks} == {OFFLINE_SECONDS - 5}
    deliver_looks(group)
    assert states(group.hers) == [(BOB, False)]


def test_a_user_with_another_connection_stays_online(group: Group) -> None:
    phone = comes_back(group, group.his)

    group.his.closes()
    deliver_looks(group)
    group.hers.receives_nothing()

    phone.closes()
    deliver_looks(group)
    assert states(group.hers) == [(BOB, False)]


def test_a_look_that_comes_twice_is_pushed_once(group: Group) -> None:
    group.his.closes()
    deliver_looks(group)
    look_at(group, BOB)

    assert states(group.hers) == [(BOB, False)]


def test_each_watcher_hears_of_a_user_and_nobody_else_does(group: Group) -> None:
    watches(group, group.carols, BOB, ALICE)

    group.his.closes()
    deliver_looks(group)

    assert states(group.hers) == states(group.carols) == [(BOB, False)]
    group.her_phone.receives_nothing()


def test_a_new_watcher_is_told_that_a_user_who_has_just_gone_is_online(group: Group) -> None:
    group.his.closes()

    reply = watches(group, group.carols, BOB)
    assert reply["data"]["users"][0]["is_online"] is True

    comes_back(group, group.his)
    deliver_looks(group)
    group.carols.receives_nothing()


def test_nothing_is_queued_for_a_user_whom_nobody_watches(group: Group) -> None:
    group.carols.closes()
    comes_back(group, group.carols)

    assert group.simulation.queues.looks == []
    assert CAROL not in {row["watched"] for row in rows("WatchersTable")}


def test_a_user_whom_nobody_has_watched_for_thirty_days_costs_nothing(group: Group) -> None:
    group.simulation.advance_time(31 * 24 * 3600)

    again = group.unauthenticated_client(group.his)
    data = {"username": "bob", "password": PASSWORD_OF_ALL}
    group.sends(again, {"type": "authenticate", "data": data})()
    again.closes()

    assert group.simulation.queues.looks == []


def test_last_seen_is_known_though_nobody_was_watching_at_that_time(group: Group) -> None:
    group.hers.closes()
    group.his.closes()
    seen_at = "2026-11-22T18:20:14.123Z"
    deliver_looks(group)

    reply = watches(group, group.carols, BOB)

    assert reply["data"]["users"][0]["last_seen_at"] == seen_at


def test_removed_member_hears_nothing_more(group: Group) -> None:
    watches(group, group.carols, BOB)
    group.removes(group.hers, "carol")()
    group.carols.discards_received()

    group.his.closes()
    deliver_looks(group)

    group.carols.receives_nothing()


def test_nobody_hears_of_a_removed_member(group: Group) -> None:
    group.removes(group.hers)()
    group.hers.discards_received()

    group.his.closes()
    deliver_looks(group)

    group.hers.receives_nothing()


@pytest.mark.parametrize("who", ["bob", "carol"])
def test_watch_ends_with_either_membership_though_the_member_comes_back(
    group: Group, who: str
) -> None:
    watches(group, group.carols, BOB)
    group.removes(group.hers, who)()
    group.simulation.advance_time(1)
    group.adds(group.hers, who)()
    group.carols.discards_received()

    group.his.closes()
    deliver_looks(group)

    group.carols.receives_nothing()


def test_watch_ends_with_its_connection(group: Group) -> None:
    group.hers.closes()
    group.simulation.sockets.open.add(group.hers.connection_id)

    group.his.closes()
    deliver_looks(group)

    group.hers.receives_nothing()


def test_watch_ends_with_signing_out_though_the_connection_stays(group: Group) -> None:
    group.hers.sends("sign_out")
    data = {"username": "alice", "password": PASSWORD_OF_ALL}
    group.sends(group.hers, {"type": "authenticate", "data": data})()

    group.his.closes()
    deliver_looks(group)

    group.hers.receives_nothing()


def test_renewing_a_session_does_not_end_a_watch(group: Group) -> None:
    group.authenticates(group.hers)()

    group.his.closes()
    deliver_looks(group)

    assert states(group.hers) == [(BOB, False)]


def test_signing_out_ends_being_online(group: Group) -> None:
    group.his.sends("sign_out")
    deliver_looks(group)

    assert states(group.hers) == [(BOB, False)]


def test_an_ended_watch_is_deleted_by_the_next_look(group: Group) -> None:
    group.hers.closes()

    group.his.closes()
    deliver_looks(group)

    assert [row["watcher"] for row in rows("WatchersTable") if row["watched"] == BOB] == ["#"]


def test_a_room_that_has_become_big_tells_its_watchers_how_many_are_online(group: Group) -> None:
    group.simulation.services = group.simulation.with_limits(big_room_connections=2)

    group.his.closes()
    deliver_looks(group)

    assert group.hers.receives("presence") == {
        "conversation_id": group.conversation,
        "online_count": 2,
    }
    comes_back(group, group.his)
    deliver_looks(group)
    group.hers.receives_nothing()


def test_a_disconnect_that_was_never_announced_is_found_by_the_next_watcher(group: Group) -> None:
    group.his.closes(announced=False)
    group.says(group.hers, "Hello")()
    assert group.simulation.queues.looks == []
    group.simulation.advance_time(2 * 3600 + 15 * 60)
    data = {"username": "carol", "password": PASSWORD_OF_ALL}
    fresh = group.unauthenticated_client(group.carols)
    group.sends(fresh, {"type": "authenticate", "data": data})()

    reply = watches(group, fresh, BOB)
    assert reply["data"]["users"][0]["is_online"] is True
    deliver_looks(group)

    assert states(fresh) == [(BOB, False)]


def test_a_rejected_login_leaves_a_user_offline(group: Group) -> None:
    group.his.closes()
    deliver_looks(group)
    group.hers.discards_received()
    group.simulation.services = group.simulation.with_limits(connections_per_user=0)

    fresh = group.unauthenticated_client(group.his)
    assert group.authenticates(fresh)()["code"] == "conflict"
    deliver_looks(group)

    assert states(group.hers) in ([], [(BOB, False)])
