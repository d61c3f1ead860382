"""Who may watch whom, how many, and what the reply says."""

from typing import Any

import pytest

from chat.protocol.ids import ConversationId, UserId, Username
from chat.storage.connections import sessions_of
from chat.storage.memberships import Membership
from chat.storage.watches import put_watches
from testing.group import Group, create_group
from testing.invariants import rows
from testing.people import Client, Person
from testing.presence import ALICE, BOB, CAROL, looked_at, watches
from testing.simulation import PASSWORD_OF_ALL, Simulation
from testing.sockets import Frame


@pytest.fixture
def group(simulation: Simulation) -> Group:
    return create_group(simulation).with_bob()


def users_of(reply: Frame) -> dict[str, Any]:
    return {each["user_id"]: each for each in reply["data"]["users"]}


def test_reply_says_who_is_online(group: Group) -> None:
    group.carols.closes()

    reply = watches(group, group.hers, BOB, CAROL)

    said = {user: each["is_online"] for user, each in users_of(reply).items()}
    assert (reply["type"], said) == ("presence", {BOB: True, CAROL: False})
    assert reply["data"]["conversation_id"] == group.conversation


def test_a_user_whom_nobody_watched_before_was_last_seen_at_no_known_time(group: Group) -> None:
    group.carols.closes()

    reply = watches(group, group.hers, CAROL)

    assert "last_seen_at" not in users_of(reply)[CAROL]


def test_users_who_are_not_members_are_left_out(group: Group, simulation: Simulation) -> None:
    dora = Person(simulation, "dora")
    dora.logs_in()

    reply = watches(group, group.hers, dora.user.user_id, "nobody", BOB)

    assert users_of(reply).keys() == {BOB}
    assert {row["watched"] for row in rows("WatchersTable")} == {
        BOB,
        f"#{group.hers.connection_id}",
    }


def test_a_user_who_is_no_member_watches_nobody(group: Group, simulation: Simulation) -> None:
    dora = Person(simulation, "dora").logs_in()

    data = {"user_ids": [BOB]}
    dora.is_rejected("not_a_member", "watch_presence", conversationId=group.conversation, data=data)

    assert rows("WatchersTable") == []


def test_unauthenticated_connection_watches_nobody(group: Group) -> None:
    stranger = group.unauthenticated_client(group.his)

    data = {"user_ids": [BOB]}
    stranger.is_rejected(
        "not_authenticated", "watch_presence", conversationId=group.conversation, data=data
    )


def test_a_list_takes_the_place_of_the_one_before(group: Group) -> None:
    watches(group, group.hers, BOB)
    watches(group, group.hers, CAROL)

    group.his.closes()
    group.carols.closes()
    looked_at(group, BOB, CAROL)

    assert [each["user_id"] for each in group.hers.receives("presence")["users"]] == [CAROL]
    group.hers.receives_nothing()


def test_an_empty_list_ends_the_watch(group: Group) -> None:
    watches(group, group.hers, BOB)

    reply = watches(group, group.hers)

    assert reply["data"]["users"] == []
    group.his.closes()
    looked_at(group, BOB)
    group.hers.receives_nothing()


def test_a_connection_watches_a_hundred_users_and_no_more(group: Group) -> None:
    watch_elsewhere(group, 99)
    watches(group, group.hers, BOB)

    data = {"user_ids": [BOB, CAROL]}
    group.hers.is_rejected(
        "conflict", "watch_presence", conversationId=group.conversation, data=data
    )

    group.carols.closes()
    group.his.closes()
    looked_at(group, BOB)
    assert [each["user_id"] for each in group.hers.receives("presence")["users"]] == [BOB]


def test_the_limit_is_of_one_connection(group: Group) -> None:
    watch_elsewhere(group, 100)

    assert users_of(watches(group, group.her_phone, BOB)).keys() == {BOB}


def test_signing_out_leaves_no_watch_of_the_user(group: Group) -> None:
    watch_elsewhere(group, 60)
    watches(group, group.hers, BOB)
    watches(group, group.her_phone, BOB)

    group.hers.sends("sign_out")

    assert {row["watcher"] for row in rows("WatchersTable")} == {"#"}


def test_more_than_fifty_users_are_rejected(group: Group) -> None:
    data = {"user_ids": [f"user-{number}" for number in range(51)]}

    group.hers.is_rejected(
        "bad_request", "watch_presence", conversationId=group.conversation, data=data
    )


def test_a_user_named_twice_is_watched_once(group: Group) -> None:
    assert len(watches(group, group.hers, BOB, BOB)["data"]["users"]) == 1


def test_a_big_room_is_counted_and_not_watched(group: Group) -> None:
    group.simulation.services = group.simulation.with_limits(big_room_connections=3)

    reply = watches(group, group.hers, BOB, CAROL)

    assert reply["data"] == {"conversation_id": group.conversation, "online_count": 3}
    assert rows("WatchersTable") == []


def test_watching_too_often_is_rejected(group: Group) -> None:
    group.simulation.services = group.simulation.with_limits(lists_per_minute=1)
    watches(group, group.hers, BOB)

    data = {"user_ids": [BOB]}
    group.hers.is_rejected(
        "rate_limited", "watch_presence", conversationId=group.conversation, data=data
    )


def test_the_presence_of_a_watched_user_is_kept_for_thirty_days(group: Group) -> None:
    watches(group, group.hers, BOB)

    group.simulation.advance_time(seconds=29.5 * 24 * 3600)
    watches(group, logs_in_again(group, group.hers), BOB)

    [known] = [row for row in rows("WatchersTable") if row["watcher"] == "#"]
    days = (known["expires_at"] - group.simulation.now_ms // 1000) / (24 * 3600)
    assert 29 <= days <= 30


def watch_elsewhere(group: Group, number: int) -> None:
    """Have alice's first client watch so many users of another conversation."""
    [session] = [
        each
        for each in sessions_of(ALICE, group.simulation.now_ms)
        if each.connection_id == group.hers.connection_id
    ]
    own, *others = [
        Membership(
            user_id=UserId(user_id),
            conversation_id=ConversationId("elsewhere"),
            username=Username(user_id),
            role="member",
            joined_at=0,
        )
        for user_id in (ALICE, *(f"user-{each}" for each in range(number)))
    ]
    assert put_watches(session, own, others)


def logs_in_again(group: Group, client: Client) -> Client:
    fresh = group.unauthenticated_client(client)
    data = {"username": client.user.username, "password": PASSWORD_OF_ALL}
    assert group.sends(fresh, {"type": "authenticate", "data": data})()["type"] == "auth_success"
    return fresh
