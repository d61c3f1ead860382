"""A function killed before or after any of its steps; then its client does what clients do."""

from collections.abc import Callable
from typing import Any

import pytest

from chat.push.outcome import Outcome
from chat.storage.conversations import next_seq
from chat.storage.roster import read_roster
from testing.crash_points import crash_points
from testing.group import Action, Group, assert_reachable, contents, stored
from testing.invariants import check_invariants, members_of, rows
from testing.people import Client
from testing.sockets import Frame

BOB, CAROL = "user-bob", "user-carol"


def each_kill(
    room: Group,
    action: Action,
    *probed: Client,
    again: Action | None = None,
    check: Callable[[Any], None] = lambda _: None,
) -> int:
    """Kill an action at every step, repeat it, and look at the promises each time."""
    number = 0
    for told in crash_points(room.simulation, action):
        number += 1
        try:
            check((again or action)())
            check_invariants(room.simulation)
            assert_reachable(room, room.her_phone, room.carols, *probed)
        except BaseException as error:
            error.add_note(told)
            raise
    return number


def test_a_message_is_stored_once_and_reaches_everybody(group_with_bob: Group) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "chat_message"
        assert stored() == ["Hello"]
        assert set(contents(group_with_bob.his)) == {"Hello"}

    crash_points = each_kill(
        group_with_bob,
        group_with_bob.says(group_with_bob.hers, "Hello", key="1"),
        group_with_bob.his,
        check=check,
    )

    assert crash_points == 2 * 5


def test_a_message_without_an_id_is_whole_or_not_there(group_with_bob: Group) -> None:
    def check(_: Frame) -> None:
        page = group_with_bob.asks(group_with_bob.his, "history", after_seq=0)()
        read = [each["content"] for each in page["data"]["messages"]]
        assert read == stored()
        assert read in (["Hello"], ["Hello", "Hello"])

    crash_points = each_kill(
        group_with_bob,
        group_with_bob.says(group_with_bob.hers, "Hello"),
        group_with_bob.his,
        check=check,
    )

    assert crash_points == 2 * 4


def test_a_message_whose_sender_never_comes_back_is_found_at_the_next_heartbeat(
    group_with_bob: Group,
) -> None:
    positions = {group_with_bob.conversation: 0}

    def catch_up() -> None:
        behind = group_with_bob.asks(group_with_bob.his, "heartbeat", positions=positions)()[
            "data"
        ]["behind"]
        page = group_with_bob.asks(group_with_bob.his, "history", after_seq=0)()
        assert bool(stored()) <= bool(behind)
        assert [each["content"] for each in page["data"]["messages"]] == stored()

    crash_points = each_kill(
        group_with_bob,
        group_with_bob.says(group_with_bob.hers, "Hello"),
        group_with_bob.his,
        again=catch_up,
    )

    assert crash_points == 2 * 4


def test_who_authenticates_again_is_on_every_roster(group_with_bob: Group) -> None:
    fresh = group_with_bob.arriving(group_with_bob.his)

    def check(reply: Frame) -> None:
        assert reply["type"] == "auth_success"

    crash_points = each_kill(
        group_with_bob, group_with_bob.authenticates(fresh), group_with_bob.his, fresh, check=check
    )

    assert crash_points > 2 * 4


def test_who_renews_again_is_on_every_roster(group_with_bob: Group) -> None:
    crash_points = each_kill(
        group_with_bob, group_with_bob.authenticates(group_with_bob.his), group_with_bob.his
    )

    assert crash_points > 2 * 4


def test_who_is_added_again_is_a_member_and_told(room: Group) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "members_added"
        assert BOB in members_of(room.conversation)

    crash_points = each_kill(room, room.adds(room.hers), room.his, check=check)

    assert crash_points > 2 * 8


def test_who_is_removed_again_is_out(group_with_bob: Group) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "member_removed" or reply["code"] == "conflict"
        assert members_of(group_with_bob.conversation) == {"user-alice", CAROL}
        assert group_with_bob.says(group_with_bob.his, "x")()["code"] == "not_a_member"
        assert (
            read_roster(group_with_bob.conversation, group_with_bob.simulation.now_ms).tombstoned
            == []
        )

    crash_points = each_kill(
        group_with_bob, group_with_bob.removes(group_with_bob.hers), group_with_bob.his, check=check
    )

    assert crash_points > 2 * 6


def test_who_leaves_again_is_out(group_with_bob: Group) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "member_removed" or reply["code"] == "not_a_member"
        assert members_of(group_with_bob.conversation) == {"user-alice", CAROL}

    crash_points = each_kill(
        group_with_bob,
        group_with_bob.asks(group_with_bob.his, "leave_conversation"),
        group_with_bob.his,
        check=check,
    )

    assert crash_points > 2 * 4


def test_an_owner_who_leaves_again_has_handed_the_conversation_on(group_with_bob: Group) -> None:
    def check(_: Frame) -> None:
        assert members_of(group_with_bob.conversation) == {BOB, CAROL}

    crash_points = each_kill(
        group_with_bob, group_with_bob.asks(group_with_bob.hers, "leave_conversation"), check=check
    )

    assert crash_points > 2 * 5


@pytest.mark.parametrize("kind", ["group", "direct"])
def test_whatever_conversation_came_to_be_is_whole(room: Group, kind: str) -> None:
    data = {"kind": kind, "members": ["bob"]}
    create = room.sends(room.hers, {"type": "create_conversation", "data": data})

    def check(reply: Frame) -> None:
        assert reply["type"] == "conversation_created"
        listed = room.asks(room.his, "list_conversations")()["data"]["items"]
        assert reply["data"]["conversation_id"] in {item["conversation_id"] for item in listed}

    crash_points = each_kill(room, create, room.his, check=check)

    assert crash_points > 2 * 6


def test_who_signs_out_again_is_signed_out_everywhere(group_with_bob: Group) -> None:
    phone = group_with_bob.arriving(group_with_bob.his)
    group_with_bob.authenticates(phone)()

    def check(reply: Frame) -> None:
        assert reply["type"] == "signed_out" or reply["code"] == "not_authenticated"
        assert [row for row in rows("SessionsTable") if row["user_id"] == BOB] == []
        assert phone.connection_id not in group_with_bob.simulation.sockets.open
        assert group_with_bob.says(group_with_bob.his, "x")()["code"] == "not_authenticated"
        tried = group_with_bob.authenticates(group_with_bob.arriving(phone))()
        assert tried["code"] == "invalid_token"

    crash_points = each_kill(
        group_with_bob,
        group_with_bob.asks(group_with_bob.his, "sign_out"),
        group_with_bob.his,
        phone,
        check=check,
    )

    assert crash_points > 2 * 6


def test_who_signs_out_again_is_out_though_no_connection_could_be_closed(
    group_with_bob: Group,
) -> None:
    phone = group_with_bob.arriving(group_with_bob.his)
    group_with_bob.authenticates(phone)()
    group_with_bob.simulation.sockets.close_fault = lambda _: Outcome.SLOW

    def check(reply: Frame) -> None:
        assert reply["type"] == "signed_out" or reply["code"] == "not_authenticated"
        assert group_with_bob.says(phone, "x")()["code"] == "not_authenticated"
        assert phone.connection_id in {
            each for each, _ in group_with_bob.simulation.waiting.deadlines
        }

    crash_points = each_kill(
        group_with_bob,
        group_with_bob.asks(group_with_bob.his, "sign_out"),
        group_with_bob.his,
        phone,
        check=check,
    )

    assert crash_points > 2 * 6


@pytest.mark.parametrize("frame", ["typing", "read_receipt"])
def test_what_is_told_of_a_reader_or_a_typist_may_be_told_again(
    group_with_bob: Group, frame: str
) -> None:
    group_with_bob.says(group_with_bob.hers, "Hello")()
    does = {
        "typing": group_with_bob.asks(group_with_bob.his, "typing"),
        "read_receipt": group_with_bob.reads(group_with_bob.his, 1),
    }

    def check(_: Frame) -> None:
        marks = {row["user_id"]: row["last_read_seq"] for row in rows("MembershipsTable")}
        assert marks[BOB] == (frame == "read_receipt")

    crash_points = each_kill(group_with_bob, does[frame], group_with_bob.his, check=check)

    assert crash_points >= 2 * 2


@pytest.mark.parametrize("frame", ["history", "heartbeat", "list_conversations", "list_members"])
def test_what_is_read_is_read_again(group_with_bob: Group, frame: str) -> None:
    group_with_bob.says(group_with_bob.hers, "Hello")()
    next_seq(group_with_bob.conversation, group_with_bob.simulation.now_ms)
    data: dict[str, Frame] = {
        "history": {"after_seq": 0},
        "heartbeat": {"positions": {group_with_bob.conversation: 0}},
    }

    def check(reply: Frame) -> None:
        assert reply["type"] != "error"

    crash_points = each_kill(
        group_with_bob,
        group_with_bob.asks(group_with_bob.his, frame, **data.get(frame, {})),
        group_with_bob.his,
        check=check,
    )

    assert crash_points >= 2 * 3


def test_a_connection_that_was_never_opened_troubles_nobody(group_with_bob: Group) -> None:
    simulation = group_with_bob.simulation

    def check(_: object) -> None:
        for connection_id in [*simulation.waiting.greetings]:
            simulation.passes(seconds=60)
            answer = simulation.consume("greet", f'{{"connection_id":"{connection_id}"}}')
            assert answer == {"batchItemFailures": []}
        for connection_id, _seconds in [*simulation.waiting.deadlines]:
            answer = simulation.consume("auth_deadline", f'{{"connection_id":"{connection_id}"}}')
            assert answer == {"batchItemFailures": []}

    crash_points = each_kill(
        group_with_bob, simulation.connect, group_with_bob.his, again=lambda: None, check=check
    )

    assert crash_points == 2 * 3


def test_a_connection_whose_end_is_half_forgotten_is_forgotten_by_the_next_push(
    group_with_bob: Group,
) -> None:
    disconnect = group_with_bob.disconnects(group_with_bob.his)

    def speak() -> None:
        group_with_bob.says(group_with_bob.hers, "one")()
        entries = {row["connection_id"] for row in rows("RosterTable")}
        assert group_with_bob.his.connection_id not in entries

    crash_points = each_kill(group_with_bob, disconnect, group_with_bob.his, again=speak)

    assert crash_points > 2 * 4


def test_a_deadline_that_comes_again_closes_the_connection(group_with_bob: Group) -> None:
    fresh = group_with_bob.arriving(group_with_bob.his)
    body = f'{{"connection_id":"{fresh.connection_id}"}}'

    def check(_: object) -> None:
        assert fresh.connection_id not in group_with_bob.simulation.sockets.open

    crash_points = each_kill(
        group_with_bob,
        lambda: group_with_bob.simulation.consume("auth_deadline", body),
        check=check,
    )

    assert crash_points == 2 * 3


def test_a_greeting_that_comes_again_greets(group_with_bob: Group) -> None:
    fresh = group_with_bob.arriving(group_with_bob.his)
    body = f'{{"connection_id":"{fresh.connection_id}"}}'

    def check(_: object) -> None:
        told = [frame["type"] for frame in fresh.received]
        assert told[-2:] == ["connected", "auth_required"]

    crash_points = each_kill(
        group_with_bob, lambda: group_with_bob.simulation.consume("greet", body), check=check
    )

    assert crash_points == 2 * 3
