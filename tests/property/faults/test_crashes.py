"""A function killed before or after any of its steps; then its client does what clients do."""

from collections.abc import Callable
from typing import Any

import pytest

from chat.push.post import Outcome
from chat.storage.conversations import next_seq
from chat.storage.roster import read_roster
from tests.world.crashes import kills
from tests.world.people import Client
from tests.world.room import Action, Room, check_probe, contents, stored
from tests.world.sockets import Frame
from tests.world.truth import check_tables, members_of, rows

BOB, CAROL = "user-bob", "user-carol"


def each_kill(
    room: Room,
    action: Action,
    *probed: Client,
    again: Action | None = None,
    check: Callable[[Any], None] = lambda _: None,
) -> int:
    """Kill an action at every step, repeat it, and look at the promises each time."""
    number = 0
    for told in kills(room.world, action):
        number += 1
        try:
            check((again or action)())
            check_tables(room.world)
            check_probe(room, room.her_phone, room.carols, *probed)
        except BaseException as error:
            error.add_note(told)
            raise
    return number


def test_a_message_is_stored_once_and_reaches_everybody(bobs: Room) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "chat_message"
        assert stored() == ["Hello"]
        assert set(contents(bobs.his)) == {"Hello"}

    kills = each_kill(bobs, bobs.says(bobs.hers, "Hello", key="1"), bobs.his, check=check)

    assert kills == 2 * 5


def test_a_message_without_an_id_is_whole_or_not_there(bobs: Room) -> None:
    def check(_: Frame) -> None:
        page = bobs.asks(bobs.his, "history", after_seq=0)()
        read = [each["content"] for each in page["data"]["messages"]]
        assert read == stored()
        assert read in (["Hello"], ["Hello", "Hello"])

    kills = each_kill(bobs, bobs.says(bobs.hers, "Hello"), bobs.his, check=check)

    assert kills == 2 * 4


def test_a_message_whose_sender_never_comes_back_is_found_at_the_next_heartbeat(
    bobs: Room,
) -> None:
    positions = {bobs.conversation: 0}

    def catch_up() -> None:
        behind = bobs.asks(bobs.his, "heartbeat", positions=positions)()["data"]["behind"]
        page = bobs.asks(bobs.his, "history", after_seq=0)()
        assert bool(stored()) <= bool(behind)
        assert [each["content"] for each in page["data"]["messages"]] == stored()

    kills = each_kill(bobs, bobs.says(bobs.hers, "Hello"), bobs.his, again=catch_up)

    assert kills == 2 * 4


def test_who_authenticates_again_is_on_every_roster(bobs: Room) -> None:
    fresh = bobs.arriving(bobs.his)

    def check(reply: Frame) -> None:
        assert reply["type"] == "auth_success"

    kills = each_kill(bobs, bobs.authenticates(fresh), bobs.his, fresh, check=check)

    assert kills > 2 * 4


def test_who_renews_again_is_on_every_roster(bobs: Room) -> None:
    kills = each_kill(bobs, bobs.authenticates(bobs.his), bobs.his)

    assert kills > 2 * 4


def test_who_is_added_again_is_a_member_and_told(room: Room) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "members_added"
        assert BOB in members_of(room.conversation)

    kills = each_kill(room, room.adds(room.hers), room.his, check=check)

    assert kills > 2 * 8


def test_who_is_removed_again_is_out(bobs: Room) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "member_removed" or reply["code"] == "conflict"
        assert members_of(bobs.conversation) == {"user-alice", CAROL}
        assert bobs.says(bobs.his, "x")()["code"] == "not_a_member"
        assert read_roster(bobs.conversation, bobs.world.now_ms).barred == []

    kills = each_kill(bobs, bobs.removes(bobs.hers), bobs.his, check=check)

    assert kills > 2 * 6


def test_who_leaves_again_is_out(bobs: Room) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "member_removed" or reply["code"] == "not_a_member"
        assert members_of(bobs.conversation) == {"user-alice", CAROL}

    kills = each_kill(bobs, bobs.asks(bobs.his, "leave_conversation"), bobs.his, check=check)

    assert kills > 2 * 4


def test_an_owner_who_leaves_again_has_handed_the_conversation_on(bobs: Room) -> None:
    def check(_: Frame) -> None:
        assert members_of(bobs.conversation) == {BOB, CAROL}

    kills = each_kill(bobs, bobs.asks(bobs.hers, "leave_conversation"), check=check)

    assert kills > 2 * 5


@pytest.mark.parametrize("kind", ["group", "direct"])
def test_whatever_conversation_came_to_be_is_whole(room: Room, kind: str) -> None:
    data = {"kind": kind, "members": ["bob"]}
    create = room.sends(room.hers, {"type": "create_conversation", "data": data})

    def check(reply: Frame) -> None:
        assert reply["type"] == "conversation_created"
        listed = room.asks(room.his, "list_conversations")()["data"]["items"]
        assert reply["data"]["conversation_id"] in {item["conversation_id"] for item in listed}

    kills = each_kill(room, create, room.his, check=check)

    assert kills > 2 * 6


def test_who_signs_out_again_is_signed_out_everywhere(bobs: Room) -> None:
    phone = bobs.arriving(bobs.his)
    bobs.authenticates(phone)()

    def check(reply: Frame) -> None:
        assert reply["type"] == "signed_out" or reply["code"] == "not_authenticated"
        assert [row for row in rows("SessionsTable") if row["user_id"] == BOB] == []
        assert phone.connection_id not in bobs.world.sockets.open
        assert bobs.says(bobs.his, "x")()["code"] == "not_authenticated"
        tried = bobs.authenticates(bobs.arriving(phone))()
        assert tried["code"] == "invalid_token"

    kills = each_kill(bobs, bobs.asks(bobs.his, "sign_out"), bobs.his, phone, check=check)

    assert kills > 2 * 6


def test_who_signs_out_again_is_out_though_no_connection_could_be_closed(bobs: Room) -> None:
    phone = bobs.arriving(bobs.his)
    bobs.authenticates(phone)()
    bobs.world.sockets.close_fault = lambda _: Outcome.SLOW

    def check(reply: Frame) -> None:
        assert reply["type"] == "signed_out" or reply["code"] == "not_authenticated"
        assert bobs.says(phone, "x")()["code"] == "not_authenticated"
        assert phone.connection_id in {each for each, _ in bobs.world.waiting.deadlines}

    kills = each_kill(bobs, bobs.asks(bobs.his, "sign_out"), bobs.his, phone, check=check)

    assert kills > 2 * 6


@pytest.mark.parametrize("frame", ["typing", "read_receipt"])
def test_what_is_told_of_a_reader_or_a_typist_may_be_told_again(bobs: Room, frame: str) -> None:
    bobs.says(bobs.hers, "Hello")()
    does = {"typing": bobs.asks(bobs.his, "typing"), "read_receipt": bobs.reads(bobs.his, 1)}

    def check(_: Frame) -> None:
        marks = {row["user_id"]: row["last_read_seq"] for row in rows("MembershipsTable")}
        assert marks[BOB] == (frame == "read_receipt")

    kills = each_kill(bobs, does[frame], bobs.his, check=check)

    assert kills >= 2 * 2


@pytest.mark.parametrize("frame", ["history", "heartbeat", "list_conversations", "list_members"])
def test_what_is_read_is_read_again(bobs: Room, frame: str) -> None:
    bobs.says(bobs.hers, "Hello")()
    next_seq(bobs.conversation, bobs.world.now_ms)
    data: dict[str, Frame] = {
        "history": {"after_seq": 0},
        "heartbeat": {"positions": {bobs.conversation: 0}},
    }

    def check(reply: Frame) -> None:
        assert reply["type"] != "error"

    kills = each_kill(
        bobs, bobs.asks(bobs.his, frame, **data.get(frame, {})), bobs.his, check=check
    )

    assert kills >= 2 * 3


def test_a_connection_that_was_never_opened_troubles_nobody(bobs: Room) -> None:
    world = bobs.world

    def check(_: object) -> None:
        for connection_id in [*world.waiting.greetings]:
            world.passes(seconds=60)
            answer = world.consume("greet", f'{{"connection_id":"{connection_id}"}}')
            assert answer == {"batchItemFailures": []}
        for connection_id, _seconds in [*world.waiting.deadlines]:
            answer = world.consume("auth_deadline", f'{{"connection_id":"{connection_id}"}}')
            assert answer == {"batchItemFailures": []}

    kills = each_kill(bobs, world.connect, bobs.his, again=lambda: None, check=check)

    assert kills == 2 * 3


def test_a_connection_whose_end_is_half_forgotten_is_forgotten_by_the_next_push(
    bobs: Room,
) -> None:
    disconnect = bobs.disconnects(bobs.his)

    def speak() -> None:
        bobs.says(bobs.hers, "one")()
        entries = {row["connection_id"] for row in rows("RosterTable")}
        assert bobs.his.connection_id not in entries

    kills = each_kill(bobs, disconnect, bobs.his, again=speak)

    assert kills > 2 * 4


def test_a_deadline_that_comes_again_closes_the_connection(bobs: Room) -> None:
    fresh = bobs.arriving(bobs.his)
    body = f'{{"connection_id":"{fresh.connection_id}"}}'

    def check(_: object) -> None:
        assert fresh.connection_id not in bobs.world.sockets.open

    kills = each_kill(bobs, lambda: bobs.world.consume("auth_deadline", body), check=check)

    assert kills == 2 * 3


def test_a_greeting_that_comes_again_greets(bobs: Room) -> None:
    fresh = bobs.arriving(bobs.his)
    body = f'{{"connection_id":"{fresh.connection_id}"}}'

    def check(_: object) -> None:
        told = [frame["type"] for frame in fresh.received]
        assert told[-2:] == ["connected", "auth_required"]

    kills = each_kill(bobs, lambda: bobs.world.consume("greet", body), check=check)

    assert kills == 2 * 3
