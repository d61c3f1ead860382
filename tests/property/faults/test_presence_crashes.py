"""A function of presence is killed before or after any of its steps."""

from collections.abc import Callable

from chat.storage.ttl import connection_row_expires_at
from testing.crash_points import crash_points
from testing.group import Action, Group
from testing.people import Client
from testing.presence import BOB, deliver_looks, knows, look_at, watches
from testing.simulation import PASSWORD_OF_ALL


def each_crash(group: Group, action: Action, check: Callable[[], None]) -> int:
    number = 0
    for where in crash_points(group.simulation, action):
        number += 1
        try:
            check()
        except BaseException as error:
            error.add_note(where)
            raise
    return number


def logs_in(group: Group, client: Client) -> Client:
    fresh = group.unauthenticated_client(client)
    data = {"username": client.user.username, "password": PASSWORD_OF_ALL}
    assert group.sends(fresh, {"type": "authenticate", "data": data})()["type"] == "auth_success"
    return fresh


def test_a_look_that_died_comes_again_and_tells_everybody(group_with_bob: Group) -> None:
    group = group_with_bob
    told = watches(group, group.hers, BOB), watches(group, group.carols, BOB)
    group.his.closes()
    group.simulation.queues.clear()
    group.simulation.advance_time(group.simulation.services.limits.offline_seconds)

    def check() -> None:
        look_at(group, BOB)
        assert knows(group.hers, BOB, told[0]) is False
        assert knows(group.carols, BOB, told[1]) is False

    assert each_crash(group, lambda: look_at(group, BOB), check) > 2 * 5


def test_a_user_who_comes_back_during_a_look_that_dies_is_online(group_with_bob: Group) -> None:
    group = group_with_bob
    told = watches(group, group.hers, BOB)
    group.his.closes()
    group.simulation.queues.clear()
    group.simulation.advance_time(group.simulation.services.limits.offline_seconds)

    def check() -> None:
        logs_in(group, group.his)
        look_at(group, BOB)
        deliver_looks(group)
        assert knows(group.hers, BOB, told) is True

    assert each_crash(group, lambda: look_at(group, BOB), check) > 2 * 5


def test_authenticating_again_after_a_crash_shows_the_user_as_online(group_with_bob: Group) -> None:
    group = group_with_bob
    told = watches(group, group.hers, BOB)
    group.his.closes()
    deliver_looks(group)
    fresh = group.unauthenticated_client(group.his)

    def check() -> None:
        assert group.authenticates(fresh)()["type"] == "auth_success"
        deliver_looks(group)
        assert knows(group.hers, BOB, told) is True

    assert each_crash(group, group.authenticates(fresh), check) > 2 * 5


def test_watching_again_after_a_crash_watches(group_with_bob: Group) -> None:
    group = group_with_bob

    def check() -> None:
        told = watches(group, group.hers, BOB)
        group.his.closes()
        deliver_looks(group)
        assert knows(group.hers, BOB, told) is False

    assert each_crash(group, lambda: watches(group, group.hers, BOB), check) > 2 * 8


def test_a_disconnect_that_died_is_found_by_who_watches_after_the_connections_life(
    group_with_bob: Group,
) -> None:
    group = group_with_bob
    watches(group, group.carols, BOB)
    goes = group.disconnects(group.his)

    def check() -> None:
        life = connection_row_expires_at(group.simulation.now_ms) - group.simulation.now_ms // 1000
        group.simulation.advance_time(life)
        deliver_looks(group)
        fresh = logs_in(group, group.carols)
        told = watches(group, fresh, BOB)
        deliver_looks(group)
        assert knows(fresh, BOB, told) is False

    assert each_crash(group, goes, check) > 2 * 5


def test_signing_out_again_after_a_crash_shows_the_user_as_offline(group_with_bob: Group) -> None:
    group = group_with_bob
    told = watches(group, group.hers, BOB)
    signs_out = group.requests(group.his, "sign_out")

    def check() -> None:
        signs_out()
        deliver_looks(group)
        assert knows(group.hers, BOB, told) is False

    assert each_crash(group, signs_out, check) > 2 * 5
