from copy import replace

import pytest

from chat.storage.connections import end_session
from chat.storage.conversations import find_conversation
from chat.storage.membership_changes import (
    MAX_ADDED_AT_ONCE,
    MAX_INITIAL_MEMBERS,
    MAX_TRANSACTION_WRITES,
    Insertion,
    Seen,
    delete_member,
    insert_conversation,
)
from chat.storage.memberships import Membership
from chat.storage.roster import ended_memberships, read_roster
from testing.simulation import START_MS, Simulation
from testing.steps import Step
from tests.unit.storage.membership_fixtures import (
    ALICE,
    ALICE_THERE,
    BOB,
    CAROL,
    CONVERSATION,
    DORA,
    LIMITS,
    OTHER,
    STATE,
    add_members,
    create_another_conversation,
    create_conversation,
    member,
    member_count,
    open_session_of,
    register_members,
    roles,
    tombstones,
    writes_of,
)


@pytest.fixture(autouse=True)
def existing_conversation(simulation: Simulation) -> Simulation:
    create_conversation(simulation)
    return simulation


def test_creating_an_existing_conversation_changes_nothing() -> None:
    insertion = insert_conversation(
        replace(STATE, title="Mine"), [member("carol", "owner")], LIMITS
    )

    assert insertion is Insertion.EXISTS

    assert find_conversation(CONVERSATION) == replace(STATE, member_count=2)
    assert roles() == {"alice": "owner", "bob": "member"}


# Adding.


def test_creation_with_an_ended_session_changes_nothing() -> None:
    session = open_session_of("connection-alice", ALICE)
    end_session(session)

    insertion = insert_conversation(OTHER, [ALICE_THERE], LIMITS, [session])

    assert insertion is Insertion.SESSION_ENDED
    assert find_conversation(OTHER.conversation_id) is None
    assert read_roster(OTHER.conversation_id, START_MS).entries == {}


def test_nobody_is_added_if_one_is_already_a_member() -> None:
    assert not add_members(CAROL, BOB)

    assert roles() == {"alice": "owner", "bob": "member"}
    assert member_count() == 2


@pytest.mark.parametrize("by", [BOB, CAROL], ids=["member", "outsider"])
def test_only_an_owner_adds_members(by: Membership) -> None:
    assert not add_members(DORA, by=by)

    assert roles() == {"alice": "owner", "bob": "member"}


def test_nobody_is_added_to_a_closed_conversation() -> None:
    delete_member(BOB, BOB, None, START_MS)
    delete_member(ALICE, ALICE, None, START_MS)

    assert not add_members(CAROL)

    assert roles() == {}


# Removing.


def test_removed_member_is_uncounted_and_tombstoned() -> None:
    assert delete_member(BOB, BOB, None, START_MS)

    assert roles() == {"alice": "owner"}
    assert member_count() == 1
    assert tombstones() == {"removed#user-bob"}


def test_removed_member_can_join_again_later() -> None:
    delete_member(BOB, ALICE, None, START_MS)

    assert not add_members(BOB)
    assert add_members(replace(BOB, joined_at=BOB.joined_at + 1))

    assert roles() == {"alice": "owner", "bob": "member"}
    assert ended_memberships(CONVERSATION) == {BOB.user_id: BOB.joined_at}


def test_removal_does_not_end_a_newer_membership() -> None:
    delete_member(BOB, ALICE, None, START_MS)
    add_members(replace(BOB, joined_at=BOB.joined_at + 1))

    assert not delete_member(BOB, ALICE, None, START_MS)

    assert roles() == {"alice": "owner", "bob": "member"}


def test_removed_member_is_not_removed_twice() -> None:
    delete_member(BOB, BOB, None, START_MS)

    assert not delete_member(BOB, ALICE, None, START_MS)

    assert member_count() == 1


@pytest.mark.parametrize("by", [BOB, CAROL], ids=["member", "outsider"])
def test_only_an_owner_removes_another_member(by: Membership) -> None:
    add_members(DORA)

    assert not delete_member(DORA, by, None, START_MS)

    assert roles()["dora"] == "member"


def test_successor_becomes_owner_when_the_owner_leaves() -> None:
    assert delete_member(ALICE, ALICE, BOB, START_MS, Seen(2))

    assert roles() == {"bob": "owner"}
    assert member_count() == 1


def test_owner_cannot_hand_over_to_a_member_who_left() -> None:
    add_members(CAROL)
    delete_member(BOB, BOB, None, START_MS)

    assert not delete_member(ALICE, ALICE, BOB, START_MS, Seen(2))

    assert roles() == {"alice": "owner", "carol": "member"}


def test_owner_cannot_hand_over_to_a_member_who_rejoined() -> None:
    delete_member(BOB, BOB, None, START_MS)
    add_members(replace(BOB, joined_at=BOB.joined_at + 1))

    assert not delete_member(ALICE, ALICE, BOB, START_MS, Seen(2))

    assert roles() == {"alice": "owner", "bob": "member"}


def test_owner_cannot_leave_others_without_an_owner() -> None:
    assert not delete_member(ALICE, ALICE, None, START_MS)

    assert roles() == {"alice": "owner", "bob": "member"}


def test_owner_cannot_leave_if_a_member_was_overlooked() -> None:
    add_members(CAROL)

    assert not delete_member(ALICE, ALICE, BOB, START_MS, Seen(2))

    assert roles() == {"alice": "owner", "bob": "member", "carol": "member"}


def test_member_who_just_became_owner_does_not_leave_as_a_member() -> None:
    delete_member(ALICE, ALICE, BOB, START_MS, Seen(2))

    assert not delete_member(BOB, BOB, None, START_MS)

    assert roles() == {"bob": "owner"}


# One transaction each.


def test_the_largest_changes_are_one_transaction_each(simulation: Simulation) -> None:
    many = register_members(simulation, MAX_INITIAL_MEMBERS)
    steps: list[Step] = []

    with simulation.steps.observing(simulation.dynamodb, before=steps.append):
        create_another_conversation(1, *many)
        add_members(*many[:MAX_ADDED_AT_ONCE])

    assert writes_of(steps) == [2 * MAX_INITIAL_MEMBERS + 1, 3 * MAX_ADDED_AT_ONCE + 3]
    assert max(writes_of(steps)) + 3 > MAX_TRANSACTION_WRITES
