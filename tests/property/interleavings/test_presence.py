"""Presence: connect, disconnect, renew, sign out, watch, remove and look, at the same time.

Once all looks are delivered, the watchers know what is so, whatever the order was.
"""

from collections.abc import Callable
from itertools import combinations_with_replacement

import pytest

from testing.group import Action, Group, Results
from testing.interleavings import explore_interruptions, explore_some
from testing.invariants import is_live, rows
from testing.presence import BOB, deliver_looks, knows, look_at, watches
from testing.profiles import is_soaking
from testing.sockets import Frame

ORDERS = 3
CROSSING_ORDERS = 30
SOAKED_ORDERS = 500

ACTIONS: dict[str, Callable[[Group], Action]] = {
    "he comes": lambda group: group.authenticates(group.unauthenticated_client(group.his)),
    "he goes": lambda group: group.disconnects(group.his),
    "he renews": lambda group: group.authenticates(group.his),
    "he signs out": lambda group: group.requests(group.his, "sign_out"),
    "he is looked at": lambda group: lambda: look_at(group, BOB),
    "she watches": lambda group: lambda: watches(group, group.hers, BOB),
}

type Start = Callable[[Group], list[Frame]]
"""Prepares a group; returns what carol was told by replies."""


def unwatched(_: Group) -> list[Frame]:
    return []


def online(group: Group) -> list[Frame]:
    return [watches(group, group.carols, BOB)]


def offline(group: Group) -> list[Frame]:
    told = online(group)
    group.his.closes()
    deliver_looks(group)
    return told


def just_gone(group: Group) -> list[Frame]:
    """He has gone, and the look at him is due."""
    told = online(group)
    group.his.closes()
    group.simulation.queues.clear()
    group.simulation.advance_time(group.simulation.services.limits.offline_seconds)
    return told


def just_back(group: Group) -> list[Frame]:
    """He has come back, and the look at him is due."""
    told = offline(group)
    group.authenticates(group.unauthenticated_client(group.his))()
    group.simulation.queues.clear()
    return told


STARTS: list[Start] = [unwatched, online, offline, just_gone, just_back]
WITH_A_LOOK_DUE: list[Start] = [just_gone, just_back]


def is_due_after(start: Start, *actions: str) -> bool:
    """Tell whether the look that was due is still to come, after these actions."""
    return start in WITH_A_LOOK_DUE and "he is looked at" not in actions


def check_after(group: Group, told: list[Frame], *, is_due: bool) -> Callable[[Results], None]:
    """Deliver the looks; then carol knows what is so, and so does alice if she watches."""

    def check(results: Results) -> None:
        assert "internal" not in str(results)
        if is_due:
            look_at(group, BOB)
        deliver_looks(group)
        is_online = any(
            row["user_id"] == BOB and is_live(row, group.simulation)
            for row in rows("SessionsTable")
        )
        replies = [each for each in results.values() if each and each.get("type") == "presence"]
        assert knows(group.carols, BOB, *told) == (is_online if told else None)
        assert knows(group.hers, BOB, *replies) == (is_online if replies else None)

    return check


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(("one", "other"), list(combinations_with_replacement(ACTIONS, 2)))
def test_watchers_know_what_is_so_after_any_two(
    group_with_bob: Group, start: Start, one: str, other: str
) -> None:
    told = start(group_with_bob)
    actions = {"one": ACTIONS[one](group_with_bob), "other": ACTIONS[other](group_with_bob)}

    explore_some(
        group_with_bob.simulation,
        lambda: actions,
        check_after(group_with_bob, told, is_due=is_due_after(start, one, other)),
        number=SOAKED_ORDERS if is_soaking() else ORDERS,
    )


@pytest.mark.parametrize(
    ("start", "first", "second"),
    [
        (just_gone, "he is looked at", "he comes"),
        (just_back, "he is looked at", "he goes"),
        (just_gone, "he is looked at", "she watches"),
        (unwatched, "she watches", "he goes"),
        (offline, "she watches", "he comes"),
        (online, "he goes", "she watches"),
    ],
)
def test_watchers_know_what_is_so_wherever_one_is_interrupted_by_another(
    group_with_bob: Group, start: Start, first: str, second: str
) -> None:
    told = start(group_with_bob)
    actions = {"one": ACTIONS[first](group_with_bob), "other": ACTIONS[second](group_with_bob)}

    runs = explore_interruptions(
        group_with_bob.simulation,
        lambda: actions,
        check_after(group_with_bob, told, is_due=is_due_after(start, first, second)),
    )

    assert runs > 2


def test_watchers_know_what_is_so_after_three_looks_while_he_comes_and_goes(
    group_with_bob: Group,
) -> None:
    told = just_gone(group_with_bob)
    fresh = group_with_bob.unauthenticated_client(group_with_bob.his)

    def comes_and_goes() -> None:
        group_with_bob.authenticates(fresh)()
        group_with_bob.disconnects(fresh)()

    actions: dict[str, Action] = {
        "first": lambda: look_at(group_with_bob, BOB),
        "second": lambda: look_at(group_with_bob, BOB),
        "third": lambda: look_at(group_with_bob, BOB),
        "he": comes_and_goes,
    }

    explore_some(
        group_with_bob.simulation,
        lambda: actions,
        check_after(group_with_bob, told, is_due=False),
        number=SOAKED_ORDERS if is_soaking() else 10 * ORDERS,
    )


@pytest.mark.parametrize("who", ["bob", "carol"])
def test_a_look_that_crosses_a_removal_shows_nothing_later(group_with_bob: Group, who: str) -> None:
    group = group_with_bob
    just_gone(group)
    watcher = group.carols

    def check(results: Results) -> None:
        assert results["one"]["type"] == "member_removed"
        watcher.discards_received()
        group.authenticates(group.unauthenticated_client(group.his))()
        deliver_looks(group)
        assert [each for each in watcher.received if each["type"] == "presence"] == []

    actions = {"one": group.removes(group.hers, who), "other": lambda: look_at(group, BOB)}

    explore_some(group.simulation, lambda: actions, check, number=CROSSING_ORDERS)


def test_a_watch_that_crosses_the_watchers_removal_hears_nothing_later(
    group_with_bob: Group,
) -> None:
    group = group_with_bob
    asks = group.requests(group.carols, "watch_presence", user_ids=[BOB])

    def check(results: Results) -> None:
        reply = results["other"]
        assert reply["type"] == "presence" or reply["code"] == "not_a_member"
        group.carols.discards_received()
        group.disconnects(group.his)()
        deliver_looks(group)
        assert [each for each in group.carols.received if each["type"] == "presence"] == []

    actions = {"one": group.removes(group.hers, "carol"), "other": asks}

    explore_some(group.simulation, lambda: actions, check, number=CROSSING_ORDERS)
