"""Titles, pins and roles, if a function dies at any step or one of its requests fails."""

import time
from collections.abc import Callable

import pytest

from testing.conversation_reader import ConversationReader, check_conversation
from testing.crash_points import crash_points
from testing.fault_modes import Fault, fault_modes
from testing.group import Action, Group
from testing.invariants import check_invariants

FIRST = 2
"""The number of the first message: adding bob has taken number 1."""

CHANGES: dict[str, Callable[[Group], Action]] = {
    "title": lambda room: room.titles(room.hers, "Plans"),
    "pin": lambda room: room.pins(room.hers, FIRST),
    "taking a pin away": lambda room: room.unpins(room.hers, FIRST + 1),
    "moderator": lambda room: room.gives_role(room.hers, "bob", "moderator"),
    "second owner": lambda room: room.gives_role(room.hers, "bob", "owner"),
    "mute": lambda room: room.mutes(room.hers),
    "slow mode": lambda room: room.slows(room.hers),
    "owner who steps down": lambda room: room.gives_role(room.hers, "carol", "member"),
}
each_change = pytest.mark.parametrize("what", CHANGES)


@pytest.fixture
def led(group_with_bob: Group) -> Group:
    """Give a group with two messages, the second of them pinned, and carol as another owner."""
    for content in ("one", "two"):
        group_with_bob.says(group_with_bob.hers, content)()
    group_with_bob.pins(group_with_bob.hers, FIRST + 1)()
    group_with_bob.gives_role(group_with_bob.hers, "carol", "owner")()
    group_with_bob.forget()
    return group_with_bob


def check_everywhere(group: Group) -> None:
    check_conversation(ConversationReader(group, group.his))
    check_invariants(group.simulation)


@each_change
def test_a_change_repeated_after_a_death_is_stored_and_found_in_history(
    led: Group, what: str
) -> None:
    action = CHANGES[what](led)

    for where in crash_points(led.simulation, action):
        try:
            check_everywhere(led)
            assert action()["type"] == "conversation_changed"
            check_everywhere(led)
        except BaseException as error:
            error.add_note(where)
            raise


@each_change
@pytest.mark.parametrize("fault", list(Fault), ids=lambda each: each.name.lower())
def test_a_change_is_stored_and_pushed_once_despite_a_fault(
    led: Group, what: str, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)  # botocore retries without a delay

    for reply, where in fault_modes(led.simulation, CHANGES[what](led), fault):
        try:
            assert reply["type"] == "conversation_changed"
            assert [frame["data"] for frame in led.his.received] == [reply["data"]]
            check_everywhere(led)
            led.forget()
        except BaseException as error:
            error.add_note(where)
            raise
