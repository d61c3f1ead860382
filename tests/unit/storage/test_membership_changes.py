from collections.abc import Iterable
from copy import replace

import pytest

from chat.actions.limits import Limits
from chat.protocol.errors import Conflict
from chat.protocol.ids import ConnectionId, ConversationId, UserId, Username
from chat.protocol.server_frames import Role
from chat.storage.connections import Session, end_session, open_session, put_connection
from chat.storage.conversations import ConversationState, find_conversation
from chat.storage.expiry import connection_row_expires_at
from chat.storage.membership_changes import (
    MAX_ADDED_AT_ONCE,
    MAX_FOUNDERS,
    MAX_TRANSACTION_WRITES,
    Founding,
    delete_member,
    found_conversation,
    put_members,
)
from chat.storage.memberships import Membership, members_page
from chat.storage.roster import ended_memberships, read_roster
from chat.storage.tables import ConversationRow, RosterRow, UserRow
from tests.world.between import before
from tests.world.steps import Step
from tests.world.world import START_MS, World

CONVERSATION = ConversationId("c")
STATE = ConversationState(
    conversation_id=CONVERSATION,
    kind="group",
    title=None,
    created_at=START_MS,
    last_activity_at=START_MS,
)
LIMITS = Limits(conversations_per_user=2, members_per_conversation=50)


def member(name: str, role: Role = "member") -> Membership:
    return Membership(
        user_id=UserId(f"user-{name}"),
        conversation_id=CONVERSATION,
        username=Username(name),
        role=role,
        joined_at=START_MS,
    )


ALICE = member("alice", "owner")
BOB, CAROL, DORA = member("bob"), member("carol"), member("dora")
OTHER = replace(STATE, conversation_id=ConversationId("other"))
ALICE_THERE = replace(ALICE, conversation_id=OTHER.conversation_id)


@pytest.fixture(autouse=True)
def founded(world: World) -> World:
    """Found a conversation that alice owns and bob is a member of; carol and dora are not."""
    for name in ("alice", "bob", "carol", "dora"):
        world.register(name)
    assert found_conversation(STATE, [ALICE, BOB], LIMITS) is Founding.DONE
    return world


def adds(*members: Membership, by: Membership | None = None) -> bool:
    return put_members(CONVERSATION, (by or ALICE).user_id, members, LIMITS)


def founds_another(number: int, *members: Membership) -> bool:
    other = ConversationId(f"other-{number}")
    theirs = [replace(each, conversation_id=other) for each in members]
    founding = found_conversation(replace(STATE, conversation_id=other), theirs, LIMITS)
    return founding is Founding.DONE


def opened(connection_id: str, user: Membership) -> Session:
    """Open a session of a user on a connection of their own."""
    put_connection(ConnectionId(connection_id), "192.0.2.1", START_MS)
    session = Session(
        ConnectionId(connection_id),
        user.user_id,
        user.username,
        START_MS + 60_000,
        connection_row_expires_at(START_MS),
    )
    assert open_session(session)
    return session


def leaves_another(number: int, leaving: Membership) -> None:
    there = replace(leaving, conversation_id=ConversationId(f"other-{number}"))
    assert delete_member(there, there.user_id, None, START_MS)


def roles() -> dict[str, str]:
    return {each.username: each.role for each in members_page(CONVERSATION)}


def conversations_of(*names: str) -> list[int]:
    return [int(UserRow.get(name).conversations or 0) for name in names]


def count() -> int:
    return int(ConversationRow.get(CONVERSATION).member_count)


def crowd(world: World, number: int) -> list[Membership]:
    return [member(world.register(f"m{each}").username) for each in range(number)]


def writes_of(transactions: Iterable[Step]) -> list[int]:
    return [len(step.places) for step in transactions if step.name == "TransactWriteItems"]


def tombstones() -> set[str]:
    return {row.connection_id for row in RosterRow.query(CONVERSATION)}


def test_founding_stores_conversation_members_and_their_number() -> None:
    assert find_conversation(CONVERSATION) == STATE
    assert roles() == {"alice": "owner", "bob": "member"}
    assert count() == 2


def test_founding_what_exists_changes_nothing() -> None:
    founding = found_conversation(replace(STATE, title="Mine"), [member("carol", "owner")], LIMITS)

    assert founding is Founding.EXISTS

    assert find_conversation(CONVERSATION) == STATE
    assert roles() == {"alice": "owner", "bob": "member"}


# Adding.


def test_founding_puts_sessions_on_the_roster() -> None:
    session = opened("connection-alice", ALICE)

    founding = found_conversation(OTHER, [ALICE_THERE], LIMITS, [session])

    assert founding is Founding.DONE
    assert set(read_roster(OTHER.conversation_id, START_MS).entries) == {session.connection_id}


def test_founding_with_a_session_that_ended_changes_nothing() -> None:
    session = opened("connection-alice", ALICE)
    end_session(session)

    founding = found_conversation(OTHER, [ALICE_THERE], LIMITS, [session])

    assert founding is Founding.SESSION_ENDED
    assert find_conversation(OTHER.conversation_id) is None
    assert read_roster(OTHER.conversation_id, START_MS).entries == {}


def test_an_owner_adds_members() -> None:
    assert adds(CAROL, DORA)

    assert roles() == {"alice": "owner", "bob": "member", "carol": "member", "dora": "member"}
    assert count() == 4


def test_as_many_as_are_said_to_be_added_at_once_are(world: World) -> None:
    more = crowd(world, MAX_ADDED_AT_ONCE)

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


# How many conversations a user is in.


def test_a_users_conversations_are_counted_with_the_memberships() -> None:
    adds(CAROL)
    founds_another(1, BOB, CAROL)
    delete_member(BOB, BOB.user_id, None, START_MS)

    assert conversations_of("alice", "bob", "carol", "dora") == [1, 1, 2, 0]


def test_a_change_that_is_refused_counts_nobody() -> None:
    adds(CAROL, BOB)
    delete_member(CAROL, ALICE.user_id, None, START_MS)

    assert conversations_of("alice", "bob", "carol") == [1, 1, 0]


def test_nobody_is_added_beyond_the_conversations_of_a_user() -> None:
    founds_another(1, CAROL)
    founds_another(2, CAROL)

    with pytest.raises(Conflict, match="'carol' can be in no more conversations than 2"):
        adds(DORA, CAROL)

    assert roles() == {"alice": "owner", "bob": "member"}
    assert (count(), conversations_of("carol", "dora")) == (2, [2, 0])


def test_nothing_is_founded_beyond_the_conversations_of_a_user() -> None:
    founds_another(1, CAROL)
    founds_another(2, CAROL)

    with pytest.raises(Conflict, match="'carol' can be in no more conversations than 2"):
        founds_another(3, DORA, CAROL)

    assert find_conversation(ConversationId("other-3")) is None
    assert conversations_of("carol", "dora") == [2, 0]


def test_what_exists_is_told_of_before_any_limit() -> None:
    founds_another(1, ALICE, BOB)

    assert found_conversation(STATE, [ALICE, BOB], LIMITS) is Founding.EXISTS

    assert conversations_of("alice", "bob") == [2, 2]


def test_who_is_a_member_already_is_told_of_before_any_limit() -> None:
    founds_another(1, BOB)

    assert not adds(BOB, CAROL)

    assert conversations_of("bob", "carol") == [2, 0]


def test_leaving_makes_room_for_another_conversation() -> None:
    founds_another(1, BOB)
    delete_member(BOB, BOB.user_id, None, START_MS)

    assert founds_another(2, BOB)

    assert conversations_of("bob") == [2]


def test_who_has_room_again_when_looked_at_is_not_refused_for_good(world: World) -> None:
    founds_another(1, ALICE, CAROL)
    founds_another(2, CAROL)

    with before(world, "BatchGetItem", lambda: leaves_another(1, CAROL)):
        assert not adds(CAROL)

    assert adds(CAROL)


def test_founding_is_to_be_tried_again_where_there_is_room_again(world: World) -> None:
    founds_another(1, ALICE, CAROL)
    founds_another(2, CAROL)

    with (
        before(world, "BatchGetItem", lambda: leaves_another(1, CAROL)),
        pytest.raises(Conflict, match="Try again"),
    ):
        founds_another(3, CAROL)

    assert founds_another(3, CAROL)


@pytest.mark.parametrize("row", ["none", "somebody else's"])
def test_who_is_no_user_any_longer_becomes_no_member(row: str) -> None:
    UserRow("carol").delete()
    if row == "somebody else's":
        UserRow("carol", user_id="another", created_at=START_MS).save()

    with pytest.raises(Conflict, match="no user 'carol'"):
        adds(CAROL)
    with pytest.raises(Conflict, match="no user 'carol'"):
        founds_another(1, CAROL)

    assert roles() == {"alice": "owner", "bob": "member"}


# How many members a conversation has.


def test_the_last_place_is_given_and_no_other(world: World) -> None:
    most = crowd(world, 48)
    adds(*most[:32])
    adds(*most[32:])

    with pytest.raises(Conflict, match="50 members at most"):
        adds(CAROL)

    assert count() == len(roles()) == 50
    assert conversations_of("carol") == [0]


def test_a_conversation_that_is_full_still_tells_who_may_not_add(world: World) -> None:
    most = crowd(world, 48)
    adds(*most[:32])
    adds(*most[32:])

    assert not adds(CAROL, by=BOB)


def test_nothing_is_founded_with_more_members_than_it_may_have() -> None:
    limits = Limits(members_per_conversation=2)
    state = replace(STATE, conversation_id=ConversationId("other"))

    with pytest.raises(Conflict, match="2 members at most"):
        found_conversation(state, [ALICE, BOB, CAROL], limits)

    assert find_conversation(state.conversation_id) is None


# One transaction each.


def test_the_largest_changes_are_one_transaction_each(world: World) -> None:
    many = crowd(world, MAX_FOUNDERS)
    steps: list[Step] = []

    with world.steps.telling(world.dynamodb, before=steps.append):
        founds_another(1, *many)
        adds(*many[:MAX_ADDED_AT_ONCE])

    assert writes_of(steps) == [2 * MAX_FOUNDERS + 1, 3 * MAX_ADDED_AT_ONCE + 2]
    assert max(writes_of(steps)) + 3 > MAX_TRANSACTION_WRITES
