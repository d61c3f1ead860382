"""An operator's command that is cut off before or after any of its steps, and repeated."""

from collections.abc import Callable

import pytest

from chat.protocol.ids import Username
from chat.storage.roster import read_roster
from chat.storage.users import NoSuchUser
from cli.admin import conversations, users
from cli.errors import CommandRefused
from tests.world.crashes import kills
from tests.world.people import Client
from tests.world.room import Action, Room, check_probe
from tests.world.truth import check_tables, members_of, rows

BOB, CAROL = "user-bob", "user-carol"


def check_each_crash(
    room: Room,
    action: Action,
    *reachable: Client,
    again: Action | None = None,
    check: Callable[[], None] = lambda: None,
) -> int:
    """Cut an action off at every step, repeat it, and check the promises each time."""
    number = 0
    for crash in kills(room.world, action):
        number += 1
        try:
            (again or action)()
            check()
            check_tables(room.world)
            check_probe(room, room.her_phone, room.carols, *reachable)
        except BaseException as error:
            error.add_note(crash)
            raise
    return number


def test_group_of_an_operator_is_complete_or_does_not_exist(bobs: Room) -> None:
    people = users.get_users(["bob", "carol"])

    def check() -> None:
        for row in rows("ConversationsTable"):
            conversation_id = row["conversation_id"]
            if conversation_id != bobs.conversation:
                assert members_of(conversation_id) == {BOB, CAROL}
                on_roster = read_roster(conversation_id, bobs.world.now_ms).entries
                assert {bobs.his.connection_id, bobs.carols.connection_id} <= on_roster.keys()

    crashes = check_each_crash(
        bobs,
        lambda: conversations.create_group("Tea", people, bobs.world.chat),
        bobs.his,
        again=lambda: None,
        check=check,
    )

    assert crashes > 2 * 6


def test_members_that_an_operator_adds_again_are_members(room: Room) -> None:
    def add() -> None:
        state = conversations.get_conversation(room.conversation)
        conversations.add_members(state, users.get_users(["bob"]), room.world.chat)

    crashes = check_each_crash(room, add, room.his)

    assert crashes > 2 * 6


def test_member_whom_an_operator_removes_again_leaves_no_rows(bobs: Room) -> None:
    state = conversations.get_conversation(bobs.conversation)

    def remove() -> None:
        conversations.remove_member(state, users.get_user("bob"), bobs.world.chat)

    def again() -> None:
        try:
            remove()
        except CommandRefused:
            return

    def check() -> None:
        assert members_of(bobs.conversation) == {"user-alice", CAROL}
        assert read_roster(bobs.conversation, bobs.world.now_ms).barred == []

    crashes = check_each_crash(bobs, remove, again=again, check=check)

    assert crashes > 2 * 5


@pytest.mark.parametrize("command", [users.delete, users.erase])
def test_user_whom_an_operator_deletes_again_is_gone(
    bobs: Room, command: Callable[..., object]
) -> None:
    bobs.says(bobs.his, "Hello")()

    def delete() -> None:
        command(users.get_user("bob"), bobs.world.chat)

    def again() -> None:
        try:
            delete()
        except NoSuchUser:
            return

    def check() -> None:
        assert members_of(bobs.conversation) == {"user-alice", CAROL}
        assert [row for row in rows("UsersTable") if row["username"] == "bob"] == []
        assert bobs.his.connection_id not in bobs.world.sockets.open

    crashes = check_each_crash(bobs, delete, again=again, check=check)

    assert crashes > 2 * 10


def test_user_whom_an_operator_renames_again_has_one_name_everywhere(bobs: Room) -> None:
    to = Username("bobby")

    def rename() -> None:
        try:
            users.rename(users.get_user("bob"), to, bobs.world.chat)
        except NoSuchUser:
            users.rename(users.get_user("bobby"), to, bobs.world.chat)

    def check() -> None:
        names = {row["username"] for row in rows("MembershipsTable") if row["user_id"] == BOB}
        assert names == {to}

    crashes = check_each_crash(bobs, rename, check=check)

    assert crashes > 2 * 6
