from copy import replace

import pytest

from chat.actions.limits import Limits
from chat.protocol.errors import Conflict
from chat.protocol.ids import ConversationId
from chat.storage.conversations import find_conversation
from chat.storage.membership_changes import (
    Insertion,
    delete_member,
    insert_conversation,
)
from chat.storage.tables import UserRow
from testing.injection import inject_before
from testing.simulation import START_MS, Simulation
from tests.unit.storage.group import (
    ALICE,
    BOB,
    CAROL,
    DORA,
    LIMITS,
    STATE,
    adds,
    conversations_of,
    count,
    crowd,
    founds,
    founds_another,
    leaves_another,
    roles,
)


@pytest.fixture(autouse=True)
def founded(simulation: Simulation) -> Simulation:
    founds(simulation)
    return simulation


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

    assert insert_conversation(STATE, [ALICE, BOB], LIMITS) is Insertion.EXISTS

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


def test_who_has_room_again_when_looked_at_is_not_refused_for_good(simulation: Simulation) -> None:
    founds_another(1, ALICE, CAROL)
    founds_another(2, CAROL)

    with inject_before(simulation, "BatchGetItem", lambda: leaves_another(1, CAROL)):
        assert not adds(CAROL)

    assert adds(CAROL)


def test_founding_is_to_be_tried_again_where_there_is_room_again(simulation: Simulation) -> None:
    founds_another(1, ALICE, CAROL)
    founds_another(2, CAROL)

    with (
        inject_before(simulation, "BatchGetItem", lambda: leaves_another(1, CAROL)),
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


def test_the_last_place_is_given_and_no_other(simulation: Simulation) -> None:
    most = crowd(simulation, 48)
    adds(*most[:32])
    adds(*most[32:])

    with pytest.raises(Conflict, match="50 members at most"):
        adds(CAROL)

    assert count() == len(roles()) == 50
    assert conversations_of("carol") == [0]


def test_a_conversation_that_is_full_still_tells_who_may_not_add(simulation: Simulation) -> None:
    most = crowd(simulation, 48)
    adds(*most[:32])
    adds(*most[32:])

    assert not adds(CAROL, by=BOB)


def test_nothing_is_founded_with_more_members_than_it_may_have() -> None:
    limits = Limits(members_per_conversation=2)
    state = replace(STATE, conversation_id=ConversationId("other"))

    with pytest.raises(Conflict, match="2 members at most"):
        insert_conversation(state, [ALICE, BOB, CAROL], limits)

    assert find_conversation(state.conversation_id) is None
