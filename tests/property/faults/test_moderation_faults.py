"""Bans, and messages in slow mode, if a function dies at any step or one of its requests fails."""

import time

import pytest

from testing.conversation_reader import ConversationReader, check_conversation
from testing.crash_points import crash_points
from testing.fault_modes import Fault, fault_modes
from testing.group import Group, stored
from testing.invariants import check_invariants, members_of

each_fault = pytest.mark.parametrize("fault", list(Fault), ids=lambda each: each.name.lower())


def check_everywhere(group: Group) -> None:
    check_conversation(ConversationReader(group, group.carols))
    check_invariants(group.simulation)


def test_a_ban_repeated_after_a_death_is_stored_and_found_in_history(group_with_bob: Group) -> None:
    ban = group_with_bob.bans(group_with_bob.hers)

    for where in crash_points(group_with_bob.simulation, ban):
        try:
            check_everywhere(group_with_bob)
            assert ban()["type"] == "member_removed"
            assert "user-bob" not in members_of(group_with_bob.conversation)
            assert group_with_bob.adds(group_with_bob.hers)()["code"] == "conflict"
            check_everywhere(group_with_bob)
        except BaseException as error:
            error.add_note(where)
            raise


@each_fault
def test_a_ban_is_stored_and_pushed_once_despite_a_fault(
    group_with_bob: Group, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)  # botocore retries without a delay
    ban = group_with_bob.bans(group_with_bob.hers)

    for reply, where in fault_modes(group_with_bob.simulation, ban, fault):
        try:
            assert reply["type"] == "member_removed"
            assert [frame["data"] for frame in group_with_bob.his.received] == [reply["data"]]
            check_everywhere(group_with_bob)
            group_with_bob.forget()
        except BaseException as error:
            error.add_note(where)
            raise


def test_message_in_slow_mode_resent_after_a_death_is_stored_once_and_does_not_wait(
    group_with_bob: Group,
) -> None:
    group_with_bob.slows(group_with_bob.hers)()
    says = group_with_bob.says(group_with_bob.his, "one", key="1")

    for where in crash_points(group_with_bob.simulation, says):
        try:
            assert says()["type"] == "chat_message"
            assert stored().count("one") == 1
            check_everywhere(group_with_bob)
        except BaseException as error:
            error.add_note(where)
            raise


@each_fault
def test_message_in_slow_mode_is_stored_and_acknowledged_despite_a_fault(
    group_with_bob: Group, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)  # as above
    group_with_bob.slows(group_with_bob.hers)()
    says = group_with_bob.says(group_with_bob.his, "one", key="1")

    for reply, where in fault_modes(group_with_bob.simulation, says, fault):
        try:
            assert reply["type"] == "chat_message"
            assert stored().count("one") == 1
            check_everywhere(group_with_bob)
        except BaseException as error:
            error.add_note(where)
            raise
