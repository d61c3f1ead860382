"""Temporary faults of requests to the tables: no client notices."""

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
from testing.reader import Reader, check_same
from testing.sockets import Frame

each_fault = pytest.mark.parametrize("fault", list(Fault), ids=lambda each: each.name.lower())


@pytest.fixture(autouse=True)
def retry_without_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let botocore retry without a delay."""
    monkeypatch.setattr(time, "sleep", lambda _: None)


def check_each_fault(
    group: Group,
    fault: Fault,
    action: Action,
    *probed: Client,
    check: Callable[[Any], None] = lambda _: None,
) -> None:
    """Let each request of an action fail once, and check the promises each time."""
    met = 0
    for reply, where in fault_modes(group.simulation, action, fault):
        met += 1
        try:
            assert "internal" not in str(reply)
            check(reply)
            check_invariants(group.simulation)
            assert_reachable(group, group.her_phone, group.carols, *probed)
        except BaseException as error:
            error.add_note(where)
            raise
    assert met or fault is Fault.TRANSACTION_CONFLICT  # reads do not conflict


@each_fault
@pytest.mark.parametrize("key", [None, "1"])
def test_a_message_is_stored_and_pushed_once(
    group_with_bob: Group, fault: Fault, key: str | None
) -> None:
    def check(reply: Frame) -> None:
        assert reply["data"]["content"] == "Hello"
        assert stored() == ["Hello"]
        assert contents(group_with_bob.his) == ["Hello"]

    check_each_fault(
        group_with_bob,
        fault,
        group_with_bob.says(group_with_bob.hers, "Hello", key),
        group_with_bob.his,
        check=check,
    )


@each_fault
@pytest.mark.parametrize("what", ["edit", "delete"])
def test_change_of_a_message_is_stored_and_pushed_once(
    group_with_bob: Group, fault: Fault, what: str
) -> None:
    group = group_with_bob
    group.says(group.hers, "Hello")()
    group.forget()
    does = {"edit": group.edits(group.hers, 2, "Bye", 0), "delete": group.deletes(group.hers, 2)}

    def check(reply: Frame) -> None:
        changed = [frame for frame in group.his.received if frame["type"] == "message_changed"]
        assert changed == [reply]
        assert stored() == [reply["data"]["content"]]
        check_same(Reader(group, group.his).opens())

    check_each_fault(group, fault, does[what], group.his, check=check)


@each_fault
@pytest.mark.parametrize("is_on", [True, False])
def test_reaction_is_counted_once(group_with_bob: Group, fault: Fault, *, is_on: bool) -> None:
    group = group_with_bob
    group.says(group.hers, "Hello")()
    group.reacts(group.carols, 2)()
    if not is_on:
        group.reacts(group.hers, 2)()
    group.forget()

    def check(reply: Frame) -> None:
        assert reply["data"]["reactions"]["total"] == 1 + is_on
        check_same(Reader(group, group.his).opens())

    act = group.reacts(group.hers, 2, is_on=is_on)
    check_each_fault(group, fault, act, group.his, check=check)


@each_fault
def test_a_message_sent_again_is_not_stored_again(group_with_bob: Group, fault: Fault) -> None:
    group_with_bob.says(group_with_bob.hers, "Hello", key="1")()

    def check(_: Frame) -> None:
        assert stored() == ["Hello"]

    check_each_fault(
        group_with_bob,
        fault,
        group_with_bob.says(group_with_bob.hers, "Hello", key="1"),
        check=check,
    )


@each_fault
def test_authentication_succeeds_despite_a_fault(group_with_bob: Group, fault: Fault) -> None:
    fresh = group_with_bob.unauthenticated_client(group_with_bob.his)

    def check(reply: Frame) -> None:
        assert reply["type"] == "auth_success"

    check_each_fault(
        group_with_bob,
        fault,
        group_with_bob.authenticates(fresh),
        group_with_bob.his,
        fresh,
        check=check,
    )


@each_fault
def test_adding_succeeds_despite_a_fault(group: Group, fault: Fault) -> None:
    def check(reply: Frame) -> None:
        assert [each["username"] for each in reply["data"]["members"]] == ["bob"]
        assert [frame["type"] for frame in group.his.received] == ["conversation_created"]

    check_each_fault(group, fault, group.adds(group.hers), group.his, check=check)


@each_fault
def test_removal_succeeds_despite_a_fault(group_with_bob: Group, fault: Fault) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "member_removed"
        assert "user-bob" not in members_of(group_with_bob.conversation)

    check_each_fault(
        group_with_bob,
        fault,
        group_with_bob.removes(group_with_bob.hers),
        group_with_bob.his,
        check=check,
    )


@each_fault
def test_owner_leaves_to_a_successor_despite_a_fault(group_with_bob: Group, fault: Fault) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "member_removed"
        assert members_of(group_with_bob.conversation) == {"user-bob", "user-carol"}

    check_each_fault(
        group_with_bob,
        fault,
        group_with_bob.requests(group_with_bob.hers, "leave_conversation"),
        check=check,
    )


@each_fault
@pytest.mark.parametrize("kind", ["group", "direct"])
def test_creation_succeeds_despite_a_fault(group: Group, fault: Fault, kind: str) -> None:
    data = {"kind": kind, "members": ["bob"]}

    def check(reply: Frame) -> None:
        assert reply["type"] == "conversation_created"
        assert [frame["type"] for frame in group.his.received] == ["conversation_created"]

    create = group.sends(group.hers, {"type": "create_conversation", "data": data})
    check_each_fault(group, fault, create, group.his, check=check)


@each_fault
def test_sign_out_succeeds_despite_a_fault(group_with_bob: Group, fault: Fault) -> None:
    phone = group_with_bob.unauthenticated_client(group_with_bob.his)
    group_with_bob.authenticates(phone)()

    def check(reply: Frame) -> None:
        assert reply["type"] == "signed_out"
        assert group_with_bob.says(group_with_bob.his, "x")()["code"] == "not_authenticated"

    check_each_fault(
        group_with_bob,
        fault,
        group_with_bob.requests(group_with_bob.his, "sign_out"),
        group_with_bob.his,
        phone,
        check=check,
    )


@each_fault
@pytest.mark.parametrize(
    "frame", ["history", "heartbeat", "list_conversations", "list_members", "typing"]
)
def test_reads_succeed_despite_a_fault(group_with_bob: Group, fault: Fault, frame: str) -> None:
    group_with_bob.says(group_with_bob.hers, "Hello")()
    next_seq(group_with_bob.conversation, group_with_bob.simulation.now_ms)
    data: dict[str, Frame] = {
        "history": {"after_seq": 0},
        "heartbeat": {"positions": {group_with_bob.conversation: 0}},
    }

    def check(reply: Frame | None) -> None:
        assert reply is None or reply["type"] != "error"

    check_each_fault(
        group_with_bob,
        fault,
        group_with_bob.requests(group_with_bob.his, frame, **data.get(frame, {})),
        check=check,
    )


@each_fault
def test_missing_roster_row_is_repaired_despite_a_fault(
    group_with_bob: Group, fault: Fault
) -> None:
    delete_entries([group_with_bob.conversation], [group_with_bob.his.connection_id])

    def check(reply: Frame) -> None:
        assert reply["type"] == "chat_message"

    check_each_fault(
        group_with_bob,
        fault,
        group_with_bob.says(group_with_bob.his, "Hello"),
        group_with_bob.his,
        check=check,
    )


@each_fault
def test_disconnect_cleans_up_despite_a_fault(group_with_bob: Group, fault: Fault) -> None:
    def check(answer: dict[str, int]) -> None:
        assert answer == {"statusCode": 200}

    check_each_fault(
        group_with_bob, fault, group_with_bob.disconnects(group_with_bob.his), check=check
    )


@each_fault
def test_greeting_and_deadline_work_despite_a_fault(group_with_bob: Group, fault: Fault) -> None:
    fresh = group_with_bob.unauthenticated_client(group_with_bob.his)
    body = f'{{"connection_id":"{fresh.connection_id}"}}'

    def serve() -> list[Any]:
        return [
            group_with_bob.simulation.consume(queue, body) for queue in ("greet", "auth_deadline")
        ]

    def check(answers: list[Any]) -> None:
        assert answers == [{"batchItemFailures": []}] * 2
        pushed = [frame["type"] for frame in fresh.received]
        assert pushed == ["connected", "auth_required", "error"]

    check_each_fault(group_with_bob, fault, serve, check=check)


def test_lasting_outage_is_an_internal_error_and_recovery_needs_nothing(
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
