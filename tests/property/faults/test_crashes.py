"""A function is killed before or after any of its steps; then its client retries."""

from collections.abc import Callable
from typing import Any

import pytest

from chat.push.post import Outcome
from chat.storage.conversations import next_seq
from chat.storage.roster import read_roster
from testing.crash_points import crash_points
from testing.group import Action, Group, assert_reachable, contents, stored
from testing.invariants import check_invariants, members_of, rows
from testing.people import Client, Person
from testing.reader import Reader, check_same
from testing.sockets import Frame

BOB, CAROL = "user-bob", "user-carol"


def each_crash(
    group: Group,
    action: Action,
    *probed: Client,
    again: Action | None = None,
    check: Callable[[Any], None] = lambda _: None,
) -> int:
    """Kill an action at every step, repeat it, and check the promises each time."""
    number = 0
    for where in crash_points(group.simulation, action):
        number += 1
        try:
            check((again or action)())
            check_invariants(group.simulation)
            assert_reachable(group, group.her_phone, group.carols, *probed)
        except BaseException as error:
            error.add_note(where)
            raise
    return number


def test_message_resent_after_a_crash_is_stored_once_and_reaches_everybody(
    group_with_bob: Group,
) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "chat_message"
        assert stored() == ["Hello"]
        assert set(contents(group_with_bob.his)) == {"Hello"}

    crash_points = each_crash(
        group_with_bob,
        group_with_bob.says(group_with_bob.hers, "Hello", key="1"),
        group_with_bob.his,
        check=check,
    )

    assert crash_points == 2 * 5


def test_message_without_an_id_is_stored_entirely_or_not_at_all(group_with_bob: Group) -> None:
    def check(_: Frame) -> None:
        page = group_with_bob.requests(group_with_bob.his, "history", after_seq=0)()
        read = [each["content"] for each in page["data"]["messages"]]
        assert read == stored()
        assert read in (["Hello"], ["Hello", "Hello"])

    crash_points = each_crash(
        group_with_bob,
        group_with_bob.says(group_with_bob.hers, "Hello"),
        group_with_bob.his,
        check=check,
    )

    assert crash_points == 2 * 4


def test_message_of_a_crashed_sender_is_found_at_the_next_heartbeat(
    group_with_bob: Group,
) -> None:
    positions = {group_with_bob.conversation: 0}

    def catch_up() -> None:
        behind = group_with_bob.requests(group_with_bob.his, "heartbeat", positions=positions)()[
            "data"
        ]["behind"]
        page = group_with_bob.requests(group_with_bob.his, "history", after_seq=0)()
        assert bool(stored()) <= bool(behind)
        assert [each["content"] for each in page["data"]["messages"]] == stored()

    crash_points = each_crash(
        group_with_bob,
        group_with_bob.says(group_with_bob.hers, "Hello"),
        group_with_bob.his,
        again=catch_up,
    )

    assert crash_points == 2 * 4


def test_authenticating_again_after_a_crash_joins_every_roster(group_with_bob: Group) -> None:
    fresh = group_with_bob.unauthenticated_client(group_with_bob.his)

    def check(reply: Frame) -> None:
        assert reply["type"] == "auth_success"

    crash_points = each_crash(
        group_with_bob, group_with_bob.authenticates(fresh), group_with_bob.his, fresh, check=check
    )

    assert crash_points > 2 * 4


def test_renewing_again_after_a_crash_joins_every_roster(group_with_bob: Group) -> None:
    crash_points = each_crash(
        group_with_bob, group_with_bob.authenticates(group_with_bob.his), group_with_bob.his
    )

    assert crash_points > 2 * 4


def test_adding_again_after_a_crash_completes_the_membership(group: Group) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "members_added"
        assert BOB in members_of(group.conversation)

    crash_points = each_crash(group, group.adds(group.hers), group.his, check=check)

    assert crash_points > 2 * 8


def test_removing_again_after_a_crash_completes_the_removal(group_with_bob: Group) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "member_removed" or reply["code"] == "conflict"
        assert members_of(group_with_bob.conversation) == {"user-alice", CAROL}
        assert group_with_bob.says(group_with_bob.his, "x")()["code"] == "not_a_member"
        assert (
            read_roster(group_with_bob.conversation, group_with_bob.simulation.now_ms).tombstoned
            == []
        )

    crash_points = each_crash(
        group_with_bob, group_with_bob.removes(group_with_bob.hers), group_with_bob.his, check=check
    )

    assert crash_points > 2 * 6


def test_leaving_again_after_a_crash_completes_the_removal(group_with_bob: Group) -> None:
    def check(reply: Frame) -> None:
        assert reply["type"] == "member_removed" or reply["code"] == "not_a_member"
        assert members_of(group_with_bob.conversation) == {"user-alice", CAROL}

    crash_points = each_crash(
        group_with_bob,
        group_with_bob.requests(group_with_bob.his, "leave_conversation"),
        group_with_bob.his,
        check=check,
    )

    assert crash_points > 2 * 4


def test_owner_leaving_again_after_a_crash_has_a_successor(group_with_bob: Group) -> None:
    def check(_: Frame) -> None:
        assert members_of(group_with_bob.conversation) == {BOB, CAROL}

    crash_points = each_crash(
        group_with_bob,
        group_with_bob.requests(group_with_bob.hers, "leave_conversation"),
        check=check,
    )

    assert crash_points > 2 * 5


@pytest.mark.parametrize("kind", ["group", "direct"])
def test_conversation_of_a_crashed_creator_is_complete(group: Group, kind: str) -> None:
    data = {"kind": kind, "members": ["bob"]}
    create = group.sends(group.hers, {"type": "create_conversation", "data": data})

    def check(reply: Frame) -> None:
        assert reply["type"] == "conversation_created"
        listed = group.requests(group.his, "list_conversations")()["data"]["items"]
        assert reply["data"]["conversation_id"] in {item["conversation_id"] for item in listed}

    crash_points = each_crash(group, create, group.his, check=check)

    assert crash_points > 2 * 6


def test_signing_out_again_after_a_crash_ends_every_session(group_with_bob: Group) -> None:
    phone = group_with_bob.unauthenticated_client(group_with_bob.his)
    group_with_bob.authenticates(phone)()

    def check(reply: Frame) -> None:
        assert reply["type"] == "signed_out" or reply["code"] == "not_authenticated"
        assert [row for row in rows("SessionsTable") if row["user_id"] == BOB] == []
        assert phone.connection_id not in group_with_bob.simulation.sockets.open
        assert group_with_bob.says(group_with_bob.his, "x")()["code"] == "not_authenticated"
        tried = group_with_bob.authenticates(group_with_bob.unauthenticated_client(phone))()
        assert tried["code"] == "invalid_token"

    crash_points = each_crash(
        group_with_bob,
        group_with_bob.requests(group_with_bob.his, "sign_out"),
        group_with_bob.his,
        phone,
        check=check,
    )

    assert crash_points > 2 * 6


def test_signing_out_again_ends_sessions_though_no_connection_could_be_closed(
    group_with_bob: Group,
) -> None:
    phone = group_with_bob.unauthenticated_client(group_with_bob.his)
    group_with_bob.authenticates(phone)()
    group_with_bob.simulation.sockets.close_fault = lambda _: Outcome.THROTTLED

    def check(reply: Frame) -> None:
        assert reply["type"] == "signed_out" or reply["code"] == "not_authenticated"
        assert group_with_bob.says(phone, "x")()["code"] == "not_authenticated"
        assert phone.connection_id in {
            each for each, _ in group_with_bob.simulation.queues.deadlines
        }

    crash_points = each_crash(
        group_with_bob,
        group_with_bob.requests(group_with_bob.his, "sign_out"),
        group_with_bob.his,
        phone,
        check=check,
    )

    assert crash_points > 2 * 6


@pytest.mark.parametrize("frame", ["typing", "read_receipt"])
def test_typing_and_receipts_can_be_repeated_after_a_crash(
    group_with_bob: Group, frame: str
) -> None:
    group_with_bob.says(group_with_bob.hers, "Hello")()
    [said] = (int(row["seq"]) for row in rows("MessagesTable"))
    does = {
        "typing": group_with_bob.requests(group_with_bob.his, "typing"),
        "read_receipt": group_with_bob.reads(group_with_bob.his, said),
    }

    def check(_: Frame) -> None:
        marks = {row["user_id"]: row["last_read_seq"] for row in rows("MembershipsTable")}
        # He has read everything up to the number under which he joined.
        assert marks[BOB] == (said if frame == "read_receipt" else said - 1)

    crash_points = each_crash(group_with_bob, does[frame], group_with_bob.his, check=check)

    assert crash_points >= 2 * 2


@pytest.mark.parametrize("frame", ["history", "heartbeat", "list_conversations", "list_members"])
def test_reads_can_be_repeated_after_a_crash(group_with_bob: Group, frame: str) -> None:
    group_with_bob.says(group_with_bob.hers, "Hello")()
    next_seq(group_with_bob.conversation, group_with_bob.simulation.now_ms)
    data: dict[str, Frame] = {
        "history": {"after_seq": 0},
        "heartbeat": {"positions": {group_with_bob.conversation: 0}},
    }

    def check(reply: Frame) -> None:
        assert reply["type"] != "error"

    crash_points = each_crash(
        group_with_bob,
        group_with_bob.requests(group_with_bob.his, frame, **data.get(frame, {})),
        group_with_bob.his,
        check=check,
    )

    assert crash_points >= 2 * 3


def test_connection_that_never_opened_is_harmless(group_with_bob: Group) -> None:
    simulation = group_with_bob.simulation

    def check(_: object) -> None:
        for connection_id in [*simulation.queues.greetings]:
            simulation.advance_time(seconds=60)
            answer = simulation.consume("greet", f'{{"connection_id":"{connection_id}"}}')
            assert answer == {"batchItemFailures": []}
        for connection_id, _seconds in [*simulation.queues.deadlines]:
            answer = simulation.consume("auth_deadline", f'{{"connection_id":"{connection_id}"}}')
            assert answer == {"batchItemFailures": []}

    crash_points = each_crash(
        group_with_bob, simulation.connect, group_with_bob.his, again=lambda: None, check=check
    )

    assert crash_points == 2 * 3


def test_next_push_cleans_up_after_a_crashed_disconnect(
    group_with_bob: Group,
) -> None:
    disconnect = group_with_bob.disconnects(group_with_bob.his)

    def send_message() -> None:
        group_with_bob.says(group_with_bob.hers, "one")()
        entries = {row["connection_id"] for row in rows("RosterTable")}
        assert group_with_bob.his.connection_id not in entries

    crash_points = each_crash(group_with_bob, disconnect, group_with_bob.his, again=send_message)

    assert crash_points > 2 * 4


def test_repeated_deadline_after_a_crash_closes_the_connection(group_with_bob: Group) -> None:
    fresh = group_with_bob.unauthenticated_client(group_with_bob.his)
    body = f'{{"connection_id":"{fresh.connection_id}"}}'

    def check(_: object) -> None:
        assert fresh.connection_id not in group_with_bob.simulation.sockets.open

    crash_points = each_crash(
        group_with_bob,
        lambda: group_with_bob.simulation.consume("auth_deadline", body),
        check=check,
    )

    assert crash_points == 2 * 3


def test_repeated_greeting_after_a_crash_greets(group_with_bob: Group) -> None:
    fresh = group_with_bob.unauthenticated_client(group_with_bob.his)
    body = f'{{"connection_id":"{fresh.connection_id}"}}'

    def check(_: object) -> None:
        pushed = [frame["type"] for frame in fresh.received]
        assert pushed[-2:] == ["connected", "auth_required"]

    crash_points = each_crash(
        group_with_bob, lambda: group_with_bob.simulation.consume("greet", body), check=check
    )

    assert crash_points == 2 * 3


@pytest.fixture
def with_a_message(group_with_bob: Group) -> Group:
    """Give a group in which alice has sent message 2; adding bob has taken number 1."""
    group_with_bob.says(group_with_bob.hers, "Hello")()
    return group_with_bob


def check_readers(group: Group, *readers: Reader) -> None:
    """Check that each reader, and one that comes fresh, shows everything as it is."""
    check_same(*readers, Reader(group, group.his).opens())


@pytest.mark.parametrize("version", [None, 0], ids=["last wins", "of a version"])
def test_edit_repeated_after_a_crash_is_done_once_or_a_conflict(
    with_a_message: Group, version: int | None
) -> None:
    group = with_a_message
    edit = group.edits(group.hers, 2, "Bye", version)

    def check(reply: Frame) -> None:
        assert reply["type"] == "message_changed" or version == 0
        assert reply.get("code", "conflict") == "conflict"
        assert stored() == ["Bye"]
        check_readers(group)

    crash_points = each_crash(group, edit, group.his, check=check)

    assert crash_points == 2 * 4


def test_deletion_repeated_after_a_crash_is_answered_as_done(with_a_message: Group) -> None:
    group = with_a_message

    def check(reply: Frame) -> None:
        assert (reply["type"], reply["data"]["change"]) == ("message_changed", "deleted")
        assert stored() == [""]
        check_readers(group)

    crash_points = each_crash(group, group.deletes(group.hers, 2), group.his, check=check)

    assert crash_points == 2 * 4


@pytest.mark.parametrize("what", ["edit", "delete", "add", "remove"])
def test_change_of_a_crashed_sender_is_found_at_the_next_heartbeat_or_never_happened(
    with_a_message: Group, what: str
) -> None:
    group = with_a_message
    does = {
        "edit": group.edits(group.hers, 2, "Bye"),
        "delete": group.deletes(group.hers, 2),
        "add": group.adds(group.hers, "dave"),
        "remove": group.removes(group.hers, "carol"),
    }
    if what == "add":
        Person(group.simulation, "dave")

    def catch_up() -> None:
        reader = Reader(group, group.his)
        positions = {group.conversation: 2}
        ack = group.requests(group.his, "heartbeat", positions=positions)()
        page = group.requests(group.his, "history", after_seq=2)()["data"]
        changed = [change["data"]["seq"] for change in page["changes"]]
        assert max([2, *changed]) <= ack["data"]["behind"].get(group.conversation, 2)
        assert changed == [r["seq"] for r in rows("ChangesTable") if r["seq"] > 2 and "kind" in r]
        check_readers(group, reader)

    crash_points = each_crash(group, does[what], again=catch_up)

    assert crash_points >= 2 * 4


@pytest.mark.parametrize("is_on", [True, False])
def test_reaction_repeated_after_a_crash_is_counted_once(
    with_a_message: Group, *, is_on: bool
) -> None:
    group = with_a_message
    group.reacts(group.carols, 2)()
    if not is_on:
        group.reacts(group.hers, 2)()
    act = group.reacts(group.hers, 2, is_on=is_on)

    def check(reply: Frame) -> None:
        assert reply["data"]["reactions"]["total"] == 1 + is_on
        check_readers(group)

    crash_points = each_crash(group, act, group.his, check=check)

    assert crash_points >= 2 * 5


def test_reaction_of_a_crashed_sender_is_counted_with_the_next(with_a_message: Group) -> None:
    group = with_a_message
    act = group.reacts(group.hers, 2)

    def check(reply: Frame) -> None:
        assert reply["data"]["reactions"]["total"] == len(rows("ReactionsTable"))
        check_readers(group)

    each_crash(group, act, again=group.reacts(group.carols, 2, "🎉"), check=check)


def test_deletion_repeated_after_a_crash_leaves_no_reaction(with_a_message: Group) -> None:
    group = with_a_message
    group.reacts(group.carols, 2)()

    def check(reply: Frame) -> None:
        assert reply["data"]["change"] == "deleted"
        assert rows("ReactionsTable") == []

    each_crash(group, group.deletes(group.hers, 2), check=check)


def test_reaction_repeated_after_a_crash_and_a_deletion_leaves_nothing(
    with_a_message: Group,
) -> None:
    group = with_a_message
    act = group.reacts(group.carols, 2)

    def again() -> Frame:
        group.deletes(group.hers, 2)()
        reply: Frame = act()
        return reply

    def check(reply: Frame) -> None:
        assert reply["code"] == "conflict"
        assert rows("ReactionsTable") == []

    each_crash(group, act, again=again, check=check)
