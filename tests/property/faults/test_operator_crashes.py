"""An operator's command that is cut off before or after any of its steps, and repeated."""

from collections.abc import Callable

import pytest

from chat.protocol.ids import Username
from chat.storage.roster import read_roster
from chat.storage.users import NoSuchUser
from cli.admin import conversations, users
from cli.errors import CommandRefused
from testing.crash_points import crash_points
from testing.group import Action, Group, assert_reachable
from testing.invariants import check_invariants, members_of, rows
from testing.people import Client

BOB, CAROL = "user-bob", "user-carol"


def check_each_crash(
    group: Group,
    action: Action,
    *reachable: Client,
    again: Action | None = None,
    check: Callable[[], None] = lambda: None,
) -> int:
    """Cut an action off at every step, repeat it, and check the promises each time."""
    number = 0
    for crash in crash_points(group.simulation, action):
        number += 1
        try:
            (again or action)()
            check()
            check_invariants(group.simulation)
            assert_reachable(group, group.her_phone, group.carols, *reachable)
        except BaseException as error:
            error.add_note(crash)
            raise
    return number


def test_group_of_an_operator_is_complete_or_does_not_exist(group_with_bob: Group) -> None:
    people = users.get_users(["bob", "carol"])

    def check() -> None:
        for row in rows("ConversationsTable"):
            conversation_id = row["conversation_id"]
            if conversation_id != group_with_bob.conversation:
                assert members_of(conversation_id) == {BOB, CAROL}
                on_roster = read_roster(conversation_id, group_with_bob.simulation.now_ms).entries
                assert {
                    group_with_bob.his.connection_id,
                    group_with_bob.carols.connection_id,
                } <= on_roster.keys()

    crashes = check_each_crash(
        group_with_bob,
        lambda: conversations.create_group("Tea", people, group_with_bob.simulation.services),
        group_with_bob.his,
        again=lambda: None,
        check=check,
    )

    assert crashes > 2 * 6


def test_members_that_an_operator_adds_again_are_members(group: Group) -> None:
    def add() -> None:
        state = conversations.get_conversation(group.conversation)
        conversations.add_members(state, users.get_users(["bob"]), group.simulation.services)

    crashes = check_each_crash(group, add, group.his)

    assert crashes > 2 * 6


def test_member_whom_an_operator_removes_again_leaves_no_rows(group_with_bob: Group) -> None:
    state = conversations.get_conversation(group_with_bob.conversation)

    def remove() -> None:
        conversations.remove_member(
            state, users.get_user("bob"), group_with_bob.simulation.services
        )

    def again() -> None:
        try:
            remove()
        except CommandRefused:
            return

    def check() -> None:
        assert members_of(group_with_bob.conversation) == {"user-alice", CAROL}
        assert (
            read_roster(group_with_bob.conversation, group_with_bob.simulation.now_ms).tombstoned
            == []
        )

    crashes = check_each_crash(group_with_bob, remove, again=again, check=check)

    assert crashes > 2 * 5


@pytest.mark.parametrize("command", [users.delete, users.erase])
def test_user_whom_an_operator_deletes_again_is_gone(
    group_with_bob: Group, command: Callable[..., object]
) -> None:
    group_with_bob.says(group_with_bob.his, "Hello")()

    def delete() -> None:
        command(users.get_user("bob"), group_with_bob.simulation.services)

    def again() -> None:
        try:
            delete()
        except NoSuchUser:
            return

    def check() -> None:
        assert members_of(group_with_bob.conversation) == {"user-alice", CAROL}
        assert [row for row in rows("UsersTable") if row["username"] == "bob"] == []
        assert group_with_bob.his.connection_id not in group_with_bob.simulation.sockets.open

    crashes = check_each_crash(group_with_bob, delete, again=again, check=check)

    assert crashes > 2 * 10


def test_user_whom_an_operator_renames_again_has_one_name_everywhere(group_with_bob: Group) -> None:
    to = Username("bobby")

    def rename() -> None:
        try:
            users.rename(users.get_user("bob"), to, group_with_bob.simulation.services)
        except NoSuchUser:
            users.rename(users.get_user("bobby"), to, group_with_bob.simulation.services)

    def check() -> None:
        names = {row["username"] for row in rows("MembershipsTable") if row["user_id"] == BOB}
        assert names == {to}

    crashes = check_each_crash(group_with_bob, rename, check=check)

    assert crashes > 2 * 6
