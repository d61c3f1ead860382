"""Requests to the tables that meet trouble which passes: nobody is to notice."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from chat.storage.conversations import next_seq
from chat.storage.roster_changes import delete_entries
from tests.world.outages import Trouble, troubles
from tests.world.people import Client
from tests.world.room import Action, Room, check_probe, contents, stored
from tests.world.sockets import Frame
from tests.world.truth import check_tables, members_of

each_trouble = pytest.mark.parametrize("trouble", list(Trouble), ids=lambda each: each.name.lower())


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let botocore try again at once."""
    monkeypatch.setattr(time, "sleep", lambda _: None)


def check_each(
    room: Room,
    trouble: Trouble,
    action: Action,
    *probed: Client,
    check: Callable[[Any], None] = lambda _: None,
) -> None:
    """Let each request of an action meet trouble, and look at the promises each time."""
    met = 0
    for reply, told in troubles(room.world, action, trouble):
        met += 1
        try:
            assert "internal" not in str(reply)
            check(reply)
            check_tables(room.world)
            check_probe(room, room.her_phone, room.carols, *probed)
        except BaseException as error:
            error.add_note(told)
            raise
    assert met or trouble is Trouble.MET_ANOTHER  # which reading does not


@each_trouble
@pytest.mark.parametrize("key", [None, "1"])
def test_a_message_is_stored_and_pushed_once(bobs: Room, trouble: Trouble, key: str | None) -> None:
    def check(reply: Frame) -> None:
        assert reply["data"]["content"] == "Hello"
        assert stored() == ["Hello"]
        assert contents(bobs.his) == ["Hello"]

    check_each(bobs, trouble, bobs.says(bobs.hers, "Hello", key), bobs.his, check=check)


@each_trouble
def test_a_message_sent_again_is_not_stored_again(bobs: Room, trouble: Trouble) -> None:
    bobs.says(bobs.hers, "Hello", key="1")()

    def check(_: Frame) -> None:
        assert stored() == ["Hello"]

    check_each(bobs, trouble, bobs.says(bobs.hers, "Hello", key="1"), check=check)


@each_trouble
def test_who_authenticates_is_in(bobs: Room, trouble: Trouble) -> None:
    fresh = bobs.arriving(bobs.his)

    def check(reply: Frame) -> None:
        assert reply["type"] == "auth_success"

    check_each(bobs, trouble, bobs.authenticates(fresh), bobs.his, fresh, check=check)


@each_trouble
def test_who_is_added_is_a_member(room: Room, trouble: Trouble) -> None:
    def check(reply: Frame) -> None:
        assert [each["username"] for each in reply["data"]["members"]] == ["bob"]
        assert [frame["type"] for frame in room.his.received] == ["conversation_created"]

    check_each(room, trouble, room.adds(room.hers), room.his, check=check)


@each_trouble
def test_who_is_removed_is_out(bobs: Room, trouble: Trouble) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "member_removed"
        assert "user-bob" not in members_of(bobs.conversation)

    check_each(bobs, trouble, bobs.removes(bobs.hers), bobs.his, check=check)


@each_trouble
def test_an_owner_who_leaves_hands_the_conversation_on(bobs: Room, trouble: Trouble) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "member_removed"
        assert members_of(bobs.conversation) == {"user-bob", "user-carol"}

    check_each(bobs, trouble, bobs.asks(bobs.hers, "leave_conversation"), check=check)


@each_trouble
@pytest.mark.parametrize("kind", ["group", "direct"])
def test_a_conversation_begins(room: Room, trouble: Trouble, kind: str) -> None:
    data = {"kind": kind, "members": ["bob"]}

    def check(reply: Frame) -> None:
        assert reply["type"] == "conversation_created"
        assert [frame["type"] for frame in room.his.received] == ["conversation_created"]

    create = room.sends(room.hers, {"type": "create_conversation", "data": data})
    check_each(room, trouble, create, room.his, check=check)


@each_trouble
def test_who_signs_out_is_out(bobs: Room, trouble: Trouble) -> None:
    phone = bobs.arriving(bobs.his)
    bobs.authenticates(phone)()

    def check(reply: Frame) -> None:
        assert reply["type"] == "signed_out"
        assert bobs.says(bobs.his, "x")()["code"] == "not_authenticated"

    check_each(bobs, trouble, bobs.asks(bobs.his, "sign_out"), bobs.his, phone, check=check)


@each_trouble
@pytest.mark.parametrize(
    "frame", ["history", "heartbeat", "list_conversations", "list_members", "typing"]
)
def test_what_is_asked_is_answered(bobs: Room, trouble: Trouble, frame: str) -> None:
    bobs.says(bobs.hers, "Hello")()
    next_seq(bobs.conversation, bobs.world.now_ms)
    data: dict[str, Frame] = {
        "history": {"after_seq": 0},
        "heartbeat": {"positions": {bobs.conversation: 0}},
    }

    def check(reply: Frame | None) -> None:
        assert reply is None or reply["type"] != "error"

    check_each(bobs, trouble, bobs.asks(bobs.his, frame, **data.get(frame, {})), check=check)


@each_trouble
def test_who_is_missing_on_the_roster_is_put_there(bobs: Room, trouble: Trouble) -> None:
    delete_entries([bobs.conversation], [bobs.his.connection_id])

    def check(reply: Frame) -> None:
        assert reply["type"] == "chat_message"

    check_each(bobs, trouble, bobs.says(bobs.his, "Hello"), bobs.his, check=check)


@each_trouble
def test_who_goes_is_forgotten(bobs: Room, trouble: Trouble) -> None:
    def check(answer: dict[str, int]) -> None:
        assert answer == {"statusCode": 200}

    check_each(bobs, trouble, bobs.disconnects(bobs.his), check=check)


@each_trouble
def test_who_comes_is_greeted_and_kept_to_the_deadline(bobs: Room, trouble: Trouble) -> None:
    fresh = bobs.arriving(bobs.his)
    body = f'{{"connection_id":"{fresh.connection_id}"}}'

    def serve() -> list[Any]:
        return [bobs.world.consume(queue, body) for queue in ("greet", "auth_deadline")]

    def check(answers: list[Any]) -> None:
        assert answers == [{"batchItemFailures": []}] * 2
        told = [frame["type"] for frame in fresh.received]
        assert told == ["connected", "auth_required", "error"]

    check_each(bobs, trouble, serve, check=check)


def test_an_outage_that_lasts_is_told_with_a_reference_and_ends_by_itself(bobs: Room) -> None:
    say = bobs.says(bobs.hers, "Hello", key="1")
    events = bobs.world.dynamodb.meta.events

    def refuse(**_: object) -> None:
        raise ConnectionError

    events.register("provide-client-params.dynamodb", refuse)
    try:
        failed = say()
    finally:
        events.unregister("provide-client-params.dynamodb", refuse)

    assert failed["code"] == "internal"
    assert failed["data"]["reference"]
    assert say()["type"] == "chat_message"
    assert contents(bobs.his) == ["Hello"]
