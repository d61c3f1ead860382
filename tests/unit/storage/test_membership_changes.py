from copy import replace

import pytest

from chat.storage.connections import end_session
from chat.storage.conversations import find_conversation
from chat.storage.membership_changes import (
    MAX_ADDED_AT_ONCE,
    MAX_INITIAL_MEMBERS,
    MAX_TRANSACTION_WRITES,
    Insertion,
    delete_member,
    insert_conversation,
)
from chat.storage.memberships import Membership
from chat.storage.roster import ended_memberships, read_roster
from testing.simulation import START_MS, Simulation
from testing.steps import Step
from tests.unit.storage.group import (
    ALICE,
    ALICE_THERE,
    BOB,
    CAROL,
    CONVERSATION,
    DORA,
    LIMITS,
    OTHER,
    STATE,
    adds,
    count,
    crowd,
    founds,
    founds_another,
    member,
    opened,
    roles,
    tombstones,
    writes_of,
)


@pytest.fixture(autouse=True)
def founded(simulation: Simulation) -> Simulation:
    founds(simulation)
    return simulation


def test_founding_stores_conversation_members_and_their_number() -> None:
    assert find_conversation(CONVERSATION) == STATE
    assert roles() == {"alice": "owner", "bob": "member"}
    assert count() == 2


def test_founding_what_exists_changes_nothing() -> None:
    founding = insert_conversation(replace(STATE, title="Mine"), [member("carol", "owner")], LIMITS)

    assert founding is Insertion.EXISTS

    assert find_conversation(CONVERSATION) == STATE
    assert roles() == {"alice": "owner", "bob": "member"}


# Adding.


def test_founding_puts_sessions_on_the_roster() -> None:
    session = opened("connection-alice", ALICE)

    founding = insert_conversation(OTHER, [ALICE_THERE], LIMITS, [session])

    assert founding is Insertion.DONE
    assert set(read_roster(OTHER.conversation_id, START_MS).entries) == {session.connection_id}


def test_founding_with_a_session_that_ended_changes_nothing() -> None:
    session = opened("connection-alice", ALICE)
    end_session(session)

    founding = insert_conversation(OTHER, [ALICE_THERE], LIMITS, [session])

    assert founding is Insertion.SESSION_ENDED
    assert find_conversation(OTHER.conversation_id) is None
    assert read_roster(OTHER.conversation_id, START_MS).entries == {}


def test_an_owner_adds_members() -> None:
    assert adds(CAROL, DORA)

    assert roles() == {"alice": "owner", "bob": "member", "carol": "member", "dora": "member"}
    assert count() == 4


def test_as_many_as_are_said_to_be_added_at_once_are(simulation: Simulation) -> None:
    more = crowd(simulation, MAX_ADDED_AT_ONCE)

    assert adds(*more)

    assert count() == 2 + MAX_ADDED_AT_ONCE


def test_where_one_is_a_member_already_nobody_is_added() -> None:
    assert not adds(CAROL, BOB)

    assert roles() == {"alice": "owner", "bob": "member"}
    assert count() == 2


@pytest.mark.parametrize("by", [BOB, CAROL], ids=["member", "outsider"])
def test_nobody_but_an_owner_adds(by: Membership) -> None:
    assert not adds(DORA, by=by)

    assert roles() == {"alice": "owner", "bob": "member"}


def test_a_closed_conversation_takes_nobody() -> None:
    delete_member(BOB, BOB.user_id, None, START_MS)
    delete_member(ALICE, ALICE.user_id, None, START_MS)

    assert not adds(CAROL)

    assert roles() == {}


# Removing.


def test_a_member_who_goes_is_counted_out_and_barred() -> None:
    assert delete_member(BOB, BOB.user_id, None, START_MS)

    assert roles() == {"alice": "owner"}
    assert count() == 1
    assert tombstones() == {"removed#user-bob"}


def test_a_member_who_was_removed_joins_again_later() -> None:
    delete_member(BOB, ALICE.user_id, None, START_MS)

    assert not adds(BOB)
    assert adds(replace(BOB, joined_at=BOB.joined_at + 1))

    assert roles() == {"alice": "owner", "bob": "member"}
    assert ended_memberships(CONVERSATION) == {BOB.user_id: BOB.joined_at}


def test_a_membership_that_began_again_is_not_the_one_that_was_seen() -> None:
    delete_member(BOB, ALICE.user_id, None, START_MS)
    adds(replace(BOB, joined_at=BOB.joined_at + 1))

    assert not delete_member(BOB, ALICE.user_id, None, START_MS)

    assert roles() == {"alice": "owner", "bob": "member"}


def test_somebody_who_is_gone_is_not_removed_again() -> None:
    delete_member(BOB, BOB.user_id, None, START_MS)

    assert not delete_member(BOB, ALICE.user_id, None, START_MS)

    assert count() == 1


@pytest.mark.parametrize("by", [BOB, CAROL], ids=["member", "outsider"])
def test_nobody_but_an_owner_removes_somebody_else(by: Membership) -> None:
    adds(DORA)

    assert not delete_member(DORA, by.user_id, None, START_MS)

    assert roles()["dora"] == "member"


def test_an_owner_who_goes_leaves_the_heir_as_owner() -> None:
    assert delete_member(ALICE, ALICE.user_id, BOB, START_MS, members=2)

    assert roles() == {"bob": "owner"}
    assert count() == 1


def test_an_owner_does_not_go_to_an_heir_who_is_gone() -> None:
    adds(CAROL)
    delete_member(BOB, BOB.user_id, None, START_MS)

    assert not delete_member(ALICE, ALICE.user_id, BOB, START_MS, members=2)

    assert roles() == {"alice": "owner", "carol": "member"}


def test_an_owner_does_not_go_to_an_heir_who_joined_again() -> None:
    delete_member(BOB, BOB.user_id, None, START_MS)
    adds(replace(BOB, joined_at=BOB.joined_at + 1))

    assert not delete_member(ALICE, ALICE.user_id, BOB, START_MS, members=2)

    assert roles() == {"alice": "owner", "bob": "member"}


def test_an_owner_does_not_go_without_an_heir_while_others_stay() -> None:
    assert not delete_member(ALICE, ALICE.user_id, None, START_MS)

    assert roles() == {"alice": "owner", "bob": "member"}


def test_an_owner_does_not_go_while_there_is_a_member_who_was_not_seen() -> None:
    adds(CAROL)

    assert not delete_member(ALICE, ALICE.user_id, BOB, START_MS, members=2)

    assert roles() == {"alice": "owner", "bob": "member", "carol": "member"}


def test_a_member_who_became_owner_meanwhile_does_not_go_as_a_member() -> None:
    delete_member(ALICE, ALICE.user_id, BOB, START_MS, members=2)

    assert not delete_member(BOB, BOB.user_id, None, START_MS)

    assert roles() == {"bob": "owner"}


def test_the_last_to_go_leaves_an_empty_conversation() -> None:
    delete_member(BOB, BOB.user_id, None, START_MS)

    assert delete_member(ALICE, ALICE.user_id, None, START_MS)

    assert roles() == {}
    assert count() == 0


# One transaction each.


def test_the_largest_changes_are_one_transaction_each(simulation: Simulation) -> None:
    many = crowd(simulation, MAX_INITIAL_MEMBERS)
    steps: list[Step] = []

    with simulation.steps.telling(simulation.dynamodb, before=steps.append):
        founds_another(1, *many)
        adds(*many[:MAX_ADDED_AT_ONCE])

    assert writes_of(steps) == [2 * MAX_INITIAL_MEMBERS + 1, 3 * MAX_ADDED_AT_ONCE + 2]
    assert max(writes_of(steps)) + 3 > MAX_TRANSACTION_WRITES
