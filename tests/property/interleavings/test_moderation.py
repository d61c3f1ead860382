"""Mutes, bans and slow mode at the same time as all that they stop, and as each other."""

from collections.abc import Callable
from itertools import product

import pytest

from testing.conversation_reader import ConversationReader, check_conversation
from testing.group import Action, Group, Results, run_interleaved, stored
from testing.injection import inject_before
from testing.invariants import members_of, rows

FIRST = 2
"""The number of the first message: adding bob has taken number 1."""

ORDERS = 3
SOAKED = 3_000

type Makes = Callable[[Group], Action]


@pytest.fixture
def led(group_with_bob: Group) -> Group:
    """Give a group in which carol is a moderator and bob has said something."""
    group_with_bob.says(group_with_bob.his, "one")()
    group_with_bob.gives_role(group_with_bob.hers, "carol", "moderator")()
    group_with_bob.forget()
    return group_with_bob


MODERATION: dict[str, Makes] = {
    "mute": lambda room: room.mutes(room.hers),
    "another mute": lambda room: room.mutes(room.carols, seconds=600),
    "end of a mute": lambda room: room.mutes(room.carols, seconds=0),
    "ban": lambda room: room.bans(room.carols),
    "unban": lambda room: room.unbans(room.hers),
    "slow mode": lambda room: room.slows(room.carols),
    "end of slow mode": lambda room: room.slows(room.hers, 0),
}
OTHERS: dict[str, Makes] = {
    "message": lambda room: room.says(room.his, "two", key="1"),
    "edit": lambda room: room.edits(room.his, FIRST, "edited"),
    "he authenticates": lambda room: room.authenticates(room.unauthenticated_client(room.his)),
    "he renews": lambda room: room.authenticates(room.his),
    "he leaves": lambda room: room.requests(room.his, "leave_conversation"),
    "he is removed": lambda room: room.removes(room.her_phone),
    "he is added": lambda room: room.adds(room.her_phone),
    "he becomes a moderator": lambda room: room.gives_role(room.her_phone, "bob", "moderator"),
    "he becomes an owner": lambda room: room.gives_role(room.her_phone, "bob", "owner"),
    "she is no moderator any more": lambda room: room.gives_role(room.her_phone, "carol", "member"),
    "title": lambda room: room.titles(room.her_phone, "Plans"),
}
PAIRS = [*product(MODERATION, MODERATION | OTHERS)]


def begin(room: Group, one: str) -> None:
    """Make what an action ends."""
    if one.startswith("end"):
        (room.mutes(room.hers) if "mute" in one else room.slows(room.hers))()
    if one == "unban":
        room.bans(room.hers)()
    room.forget()


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=str)
def test_every_pair_ends_in_what_history_says(led: Group, one: str, other: str) -> None:
    begin(led, one)

    run_interleaved(
        led,
        led.his,
        check=lambda _: check_conversation(ConversationReader(led, led.carols)),
        at_most=ORDERS,
        soaked=SOAKED,
        one=MODERATION[one](led),
        other=(MODERATION | OTHERS)[other](led),
    )


def test_nothing_is_sent_after_the_reply_of_a_mute(group_with_bob: Group) -> None:
    def check(results: Results) -> None:
        assert results["says"]["type"] == "chat_message" or results["says"]["code"] == "muted"
        assert group_with_bob.says(group_with_bob.his, "three")()["code"] == "muted"
        assert "three" not in stored()

    runs = run_interleaved(
        group_with_bob,
        check=check,
        mute=group_with_bob.mutes(group_with_bob.hers),
        says=group_with_bob.says(group_with_bob.his, "two"),
    )

    assert runs > 2


@pytest.mark.parametrize("is_fresh", [True, False], ids=["fresh", "renewed"])
def test_connection_that_authenticates_during_a_mute_is_muted(
    group_with_bob: Group, *, is_fresh: bool
) -> None:
    room = group_with_bob
    phone = room.unauthenticated_client(room.his) if is_fresh else room.his

    runs = run_interleaved(
        room,
        check=lambda _: _is_muted(room.says(phone, "spam")()),
        mute=room.mutes(room.hers),
        authenticate=room.authenticates(phone),
    )

    assert runs > 2


def _is_muted(reply: dict[str, str]) -> None:
    assert reply.get("code") == "muted", reply


def test_user_who_is_added_during_a_ban_is_out(group: Group) -> None:
    runs = run_interleaved(
        group,
        group.his,
        check=lambda _: _is_out(group),
        at_most=40,
        add=group.adds(group.hers),
        ban=group.bans(group.her_phone),
    )

    assert runs > 2


def test_user_who_is_added_and_banned_during_another_adding_is_out(group: Group) -> None:
    def adds_and_bans() -> None:
        group.adds(group.hers)()
        group.bans(group.hers)()

    runs = run_interleaved(
        group,
        group.his,
        check=lambda _: _is_out(group),
        at_most=20,
        add=group.adds(group.her_phone),
        adds_and_bans=adds_and_bans,
    )

    assert runs > 2


def test_user_who_is_banned_after_an_adding_has_read_the_bans_is_out(group: Group) -> None:
    def adds_and_bans() -> None:
        group.adds(group.hers)()
        group.bans(group.hers)()

    with inject_before(group.simulation, "TransactWriteItems", adds_and_bans):
        reply = group.adds(group.her_phone)()

    assert reply["code"] == "conflict"
    _is_out(group)


def _is_out(group: Group) -> None:
    assert {row["user_id"] for row in rows("BansTable")} == {"user-bob"}
    assert "user-bob" not in members_of(group.conversation)
    assert group.adds(group.hers)()["code"] == "conflict"


def test_user_who_is_banned_while_leaving_cannot_be_added(group_with_bob: Group) -> None:
    runs = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        check=lambda _: _is_out(group_with_bob),
        leave=group_with_bob.requests(group_with_bob.his, "leave_conversation"),
        ban=group_with_bob.bans(group_with_bob.hers),
    )

    assert runs > 2


def test_connection_that_authenticates_during_a_ban_receives_nothing(group_with_bob: Group) -> None:
    fresh = group_with_bob.unauthenticated_client(group_with_bob.his)

    runs = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        fresh,
        check=lambda _: _is_out(group_with_bob),
        authenticate=group_with_bob.authenticates(fresh),
        ban=group_with_bob.bans(group_with_bob.hers),
    )

    assert runs > 2


def test_moderator_who_loses_the_role_bans_before_it_or_not_at_all(led: Group) -> None:
    def check(results: Results) -> None:
        is_banned = results["ban"]["type"] == "member_removed"
        assert is_banned or results["ban"]["code"] == "forbidden"
        assert ("user-bob" in members_of(led.conversation)) != is_banned

    runs = run_interleaved(
        led,
        check=check,
        at_most=60,
        ban=led.bans(led.carols),
        role=led.gives_role(led.hers, "carol", "member"),
    )

    assert runs > 2


def test_two_connections_of_a_member_send_one_message_in_slow_mode(group_with_bob: Group) -> None:
    room = group_with_bob
    phone = room.unauthenticated_client(room.his)
    room.authenticates(phone)()
    room.slows(room.hers)()

    def check(results: Results) -> None:
        types = sorted(reply["type"] for reply in results.values())
        assert types == ["chat_message", "error"]
        assert sum(each in ("two", "three") for each in stored()) == 1

    runs = run_interleaved(
        room, check=check, says=room.says(room.his, "two"), says_too=room.says(phone, "three")
    )

    assert runs > 1


def test_message_sent_twice_at_once_in_slow_mode_is_stored_once(group_with_bob: Group) -> None:
    room = group_with_bob
    room.slows(room.hers)()

    def check(results: Results) -> None:
        assert {reply["type"] for reply in results.values()} == {"chat_message"}
        assert stored().count("two") == 1

    runs = run_interleaved(
        room,
        check=check,
        at_most=100,
        says=room.says(room.his, "two", key="1"),
        says_again=room.says(room.his, "two", key="1"),
    )

    assert runs > 2
