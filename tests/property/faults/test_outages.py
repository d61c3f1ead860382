"""Requests to the tables that meet trouble which passes: nobody is to notice."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from chat.storage.conversations import next_seq
from chat.storage.roster_changes import delete_entries
from testing.fault_modes import Fault, fault_modes
from testing.group import Action, Group, assert_reachable, contents, stored
from testing.invariants import check_invariants, members_of
from testing.people import Client
from testing.sockets import Frame

each_trouble = pytest.mark.parametrize("trouble", list(Fault), ids=lambda each: each.name.lower())


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let botocore try again at once."""
    monkeypatch.setattr(time, "sleep", lambda _: None)


def check_each(
    room: Group,
    trouble: Fault,
    action: Action,
    *probed: Client,
    check: Callable[[Any], None] = lambda _: None,
) -> None:
    """Let each request of an action meet trouble, and look at the promises each time."""
    met = 0
    for reply, told in fault_modes(room.simulation, action, trouble):
        met += 1
        try:
            assert "internal" not in str(reply)
            check(reply)
            check_invariants(room.simulation)
            assert_reachable(room, room.her_phone, room.carols, *probed)
        except BaseException as error:
            error.add_note(told)
            raise
    assert met or trouble is Fault.MET_ANOTHER  # which reading does not


@each_trouble
@pytest.mark.parametrize("key", [None, "1"])
def test_a_message_is_stored_and_pushed_once(
    group_with_bob: Group, trouble: Fault, key: str | None
) -> None:
    def check(reply: Frame) -> None:
        assert reply["data"]["content"] == "Hello"
        assert stored() == ["Hello"]
        assert contents(group_with_bob.his) == ["Hello"]

    check_each(
        group_with_bob,
        trouble,
        group_with_bob.says(group_with_bob.hers, "Hello", key),
        group_with_bob.his,
        check=check,
    )


@each_trouble
def test_a_message_sent_again_is_not_stored_again(group_with_bob: Group, trouble: Fault) -> None:
    group_with_bob.says(group_with_bob.hers, "Hello", key="1")()

    def check(_: Frame) -> None:
        assert stored() == ["Hello"]

    check_each(
        group_with_bob,
        trouble,
        group_with_bob.says(group_with_bob.hers, "Hello", key="1"),
        check=check,
    )


@each_trouble
def test_who_authenticates_is_in(group_with_bob: Group, trouble: Fault) -> None:
    fresh = group_with_bob.arriving(group_with_bob.his)

    def check(reply: Frame) -> None:
        assert reply["type"] == "auth_success"

    check_each(
        group_with_bob,
        trouble,
        group_with_bob.authenticates(fresh),
        group_with_bob.his,
        fresh,
        check=check,
    )


@each_trouble
def test_who_is_added_is_a_member(room: Group, trouble: Fault) -> None:
    def check(reply: Frame) -> None:
        assert [each["username"] for each in reply["data"]["members"]] == ["bob"]
        assert [frame["type"] for frame in room.his.received] == ["conversation_created"]

    check_each(room, trouble, room.adds(room.hers), room.his, check=check)


@each_trouble
def test_who_is_removed_is_out(group_with_bob: Group, trouble: Fault) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "member_removed"
        assert "user-bob" not in members_of(group_with_bob.conversation)

    check_each(
        group_with_bob,
        trouble,
        group_with_bob.removes(group_with_bob.hers),
        group_with_bob.his,
        check=check,
    )


@each_trouble
def test_an_owner_who_leaves_hands_the_conversation_on(
    group_with_bob: Group, trouble: Fault
) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "member_removed"
        assert members_of(group_with_bob.conversation) == {"user-bob", "user-carol"}

    check_each(
        group_with_bob,
        trouble,
        group_with_bob.asks(group_with_bob.hers, "leave_conversation"),
        check=check,
    )


@each_trouble
@pytest.mark.parametrize("kind", ["group", "direct"])
def test_a_conversation_begins(room: Group, trouble: Fault, kind: str) -> None:
    data = {"kind": kind, "members": ["bob"]}

    def check(reply: Frame) -> None:
        assert reply["type"] == "conversation_created"
        assert [frame["type"] for frame in room.his.received] == ["conversation_created"]

    create = room.sends(room.hers, {"type": "create_conversation", "data": data})
    check_each(room, trouble, create, room.his, check=check)


@each_trouble
def test_who_signs_out_is_out(group_with_bob: Group, trouble: Fault) -> None:
    phone = group_with_bob.arriving(group_with_bob.his)
    group_with_bob.authenticates(phone)()

    def check(reply: Frame) -> None:
        assert reply["type"] == "signed_out"
        assert group_with_bob.says(group_with_bob.his, "x")()["code"] == "not_authenticated"

    check_each(
        group_with_bob,
        trouble,
        group_with_bob.asks(group_with_bob.his, "sign_out"),
        group_with_bob.his,
        phone,
        check=check,
    )


@each_trouble
@pytest.mark.parametrize(
    "frame", ["history", "heartbeat", "list_conversations", "list_members", "typing"]
)
def test_what_is_asked_is_answered(group_with_bob: Group, trouble: Fault, frame: str) -> None:
    group_with_bob.says(group_with_bob.hers, "Hello")()
    next_seq(group_with_bob.conversation, group_with_bob.simulation.now_ms)
    data: dict[str, Frame] = {
        "history": {"after_seq": 0},
        "heartbeat": {"positions": {group_with_bob.conversation: 0}},
    }

    def check(reply: Frame | None) -> None:
        assert reply is None or reply["type"] != "error"

    check_each(
        group_with_bob,
        trouble,
        group_with_bob.asks(group_with_bob.his, frame, **data.get(frame, {})),
        check=check,
    )


@each_trouble
def test_who_is_missing_on_the_roster_is_put_there(group_with_bob: Group, trouble: Fault) -> None:
    delete_entries([group_with_bob.conversation], [group_with_bob.his.connection_id])

    def check(reply: Frame) -> None:
        assert reply["type"] == "chat_message"

    check_each(
        group_with_bob,
        trouble,
        group_with_bob.says(group_with_bob.his, "Hello"),
        group_with_bob.his,
        check=check,
    )


@each_trouble
def test_who_goes_is_forgotten(group_with_bob: Group, trouble: Fault) -> None:
    def check(answer: dict[str, int]) -> None:
        assert answer == {"statusCode": 200}

    check_each(group_with_bob, trouble, group_with_bob.disconnects(group_with_bob.his), check=check)


@each_trouble
def test_who_comes_is_greeted_and_kept_to_the_deadline(
    group_with_bob: Group, trouble: Fault
) -> None:
    fresh = group_with_bob.arriving(group_with_bob.his)
    body = f'{{"connection_id":"{fresh.connection_id}"}}'

    def serve() -> list[Any]:
        return [
            group_with_bob.simulation.consume(queue, body) for queue in ("greet", "auth_deadline")
        ]

    def check(answers: list[Any]) -> None:
        assert answers == [{"batchItemFailures": []}] * 2
        told = [frame["type"] for frame in fresh.received]
        assert told == ["connected", "auth_required", "error"]

    check_each(group_with_bob, trouble, serve, check=check)


def test_an_outage_that_lasts_is_told_with_a_reference_and_ends_by_itself(
    group_with_bob: Group,
) -> None:
    say = group_with_bob.says(group_with_bob.hers, "Hello", key="1")
    events = group_with_bob.simulation.dynamodb.meta.events

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
    assert contents(group_with_bob.his) == ["Hello"]
