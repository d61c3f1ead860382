from copy import replace

import pytest

from chat.protocol.ids import ConversationId, UserId, Username
from chat.protocol.server_frames import Role
from chat.storage.conversations import ConversationState, find_conversation
from chat.storage.membership_changes import (
    MAX_ADDED_AT_ONCE,
    delete_member,
    found_conversation,
    put_members,
)
from chat.storage.memberships import Membership, members_page
from chat.storage.tables import ConversationRow, RosterRow
from tests.world.world import START_MS, World

CONVERSATION = ConversationId("c")
STATE = ConversationState(
    conversation_id=CONVERSATION,
    kind="group",
    title=None,
    created_at=START_MS,
    last_activity_at=START_MS,
)


def member(name: str, role: Role = "member") -> Membership:
    return Membership(
        user_id=UserId(name),
        conversation_id=CONVERSATION,
        username=Username(name),
        role=role,
        joined_at=START_MS,
    )


ALICE, BOB, CAROL = member("alice", "owner"), member("bob"), member("carol")


@pytest.fixture(autouse=True)
def founded(world: World) -> World:
    """Found a conversation that alice owns and bob is a member of."""
    assert found_conversation(STATE, [ALICE, BOB])
    return world


def roles() -> dict[str, str]:
    return {each.user_id: each.role for each in members_page(CONVERSATION)}


def count() -> int:
    return int(ConversationRow.get(CONVERSATION).member_count)


def tombstones() -> set[str]:
    return {row.connection_id for row in RosterRow.query(CONVERSATION)}


def test_founding_stores_conversation_members_and_their_number() -> None:
    assert find_conversation(CONVERSATION) == STATE
    assert roles() == {"alice": "owner", "bob": "member"}
    assert count() == 2


def test_founding_what_exists_changes_nothing() -> None:
    assert not found_conversation(replace(STATE, title="Mine"), [member("carol", "owner")])

    assert find_conversation(CONVERSATION) == STATE
    assert roles() == {"alice": "owner", "bob": "member"}


# Adding.


def test_an_owner_adds_members() -> None:
    assert put_members(CONVERSATION, ALICE.user_id, [CAROL, member("dora")])

    assert roles() == {"alice": "owner", "bob": "member", "carol": "member", "dora": "member"}
    assert count() == 4


def test_as_many_as_are_said_to_be_added_at_once_are() -> None:
    more = [member(f"m{number}") for number in range(MAX_ADDED_AT_ONCE)]

    assert put_members(CONVERSATION, ALICE.user_id, more)

    assert count() == 2 + MAX_ADDED_AT_ONCE


def test_where_one_is_a_member_already_nobody_is_added() -> None:
    assert not put_members(CONVERSATION, ALICE.user_id, [CAROL, BOB])

    assert roles() == {"alice": "owner", "bob": "member"}
    assert count() == 2


@pytest.mark.parametrize("by", [BOB, CAROL], ids=["member", "outsider"])
def test_nobody_but_an_owner_adds(by: Membership) -> None:
    assert not put_members(CONVERSATION, by.user_id, [member("dora")])

    assert roles() == {"alice": "owner", "bob": "member"}


def test_a_closed_conversation_takes_nobody() -> None:
    delete_member(BOB, BOB.user_id, None, START_MS)
    delete_member(ALICE, ALICE.user_id, None, START_MS)

    assert not put_members(CONVERSATION, ALICE.user_id, [CAROL])

    assert roles() == {}


# Removing.


def test_a_member_who_goes_is_counted_out_and_barred() -> None:
    assert delete_member(BOB, BOB.user_id, None, START_MS)

    assert roles() == {"alice": "owner"}
    assert count() == 1
    assert tombstones() == {"removed#bob"}


def test_adding_again_lifts_the_bar() -> None:
    delete_member(BOB, ALICE.user_id, None, START_MS)

    assert put_members(CONVERSATION, ALICE.user_id, [BOB])

    assert tombstones() == set()
    assert roles() == {"alice": "owner", "bob": "member"}


def test_somebody_who_is_gone_is_not_removed_again() -> None:
    delete_member(BOB, BOB.user_id, None, START_MS)

    assert not delete_member(BOB, ALICE.user_id, None, START_MS)

    assert count() == 1


@pytest.mark.parametrize("by", [BOB, CAROL], ids=["member", "outsider"])
def test_nobody_but_an_owner_removes_somebody_else(by: Membership) -> None:
    put_members(CONVERSATION, ALICE.user_id, [member("dora")])

    assert not delete_member(member("dora"), by.user_id, None, START_MS)

    assert roles()["dora"] == "member"


def test_an_owner_who_goes_leaves_the_heir_as_owner() -> None:
    assert delete_member(ALICE, ALICE.user_id, BOB, START_MS)

    assert roles() == {"bob": "owner"}
    assert count() == 1


def test_an_owner_does_not_go_to_an_heir_who_is_gone() -> None:
    put_members(CONVERSATION, ALICE.user_id, [CAROL])
    delete_member(BOB, BOB.user_id, None, START_MS)

    assert not delete_member(ALICE, ALICE.user_id, BOB, START_MS)

    assert roles() == {"alice": "owner", "carol": "member"}


def test_an_owner_does_not_go_without_an_heir_while_others_stay() -> None:
    assert not delete_member(ALICE, ALICE.user_id, None, START_MS)

    assert roles() == {"alice": "owner", "bob": "member"}


def test_a_member_who_became_owner_meanwhile_does_not_go_as_a_member() -> None:
    delete_member(ALICE, ALICE.user_id, BOB, START_MS)

    assert not delete_member(BOB, BOB.user_id, None, START_MS)

    assert roles() == {"bob": "owner"}


def test_the_last_to_go_leaves_an_empty_conversation() -> None:
    delete_member(BOB, BOB.user_id, None, START_MS)

    assert delete_member(ALICE, ALICE.user_id, None, START_MS)

    assert roles() == {}
    assert count() == 0
