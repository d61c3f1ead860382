import pytest

from chat.protocol.ids import ConversationId, UserId, Username
from chat.storage.memberships import (
    Membership,
    find_membership,
    mark_read,
    members_among,
    members_page,
    memberships_among,
    memberships_of,
    memberships_page,
)
from chat.storage.tables import MembershipRow
from testing.simulation import START_MS, Simulation

ALICE, BOB = UserId("user-alice"), UserId("user-bob")


def stores(user_id: UserId, conversation: str) -> Membership:
    member = Membership(
        user_id=user_id,
        conversation_id=ConversationId(conversation),
        username=Username(user_id.removeprefix("user-")),
        role="member",
        joined_at=START_MS,
    )
    MembershipRow(
        member.user_id,
        member.conversation_id,
        username=member.username,
        role=member.role,
        joined_at=member.joined_at,
    ).save()
    return member


@pytest.fixture(autouse=True)
def tables(simulation: Simulation) -> Simulation:
    return simulation


def test_what_is_stored_is_found() -> None:
    stored = stores(ALICE, "c")

    assert find_membership(ALICE, stored.conversation_id) == stored
    assert find_membership(BOB, stored.conversation_id) is None


def test_a_users_memberships_are_all_listed() -> None:
    mine = [stores(ALICE, f"c{number}") for number in range(3)]
    stores(BOB, "c0")

    assert list(memberships_of(ALICE)) == mine


def test_a_page_goes_on_after_the_last_of_the_page_before() -> None:
    mine = [stores(ALICE, name) for name in "abcde"]

    first = memberships_page(ALICE, None, 2)
    second = memberships_page(ALICE, first[-1].conversation_id, 2)
    third = memberships_page(ALICE, second[-1].conversation_id, 2)

    assert [*first, *second, *third] == mine
    assert [len(each) for each in (first, second, third)] == [2, 2, 1]


def test_members_are_listed_by_conversation_a_page_at_a_time() -> None:
    members = [stores(UserId(f"user-{name}"), "c") for name in "abcde"]
    stores(UserId("user-z"), "d")
    conversation = ConversationId("c")

    first = members_page(conversation, None, 3)
    second = members_page(conversation, first[-1].user_id, 3)

    assert [*first, *second] == members
    assert members_page(conversation) == members


def test_among_many_those_that_are_are_told() -> None:
    ours, mine = stores(ALICE, "c"), stores(ALICE, "d")
    his = stores(BOB, "c")
    conversations = [ConversationId(name) for name in ("c", "d", "none")]

    assert memberships_among(ALICE, conversations) == {"c": ours, "d": mine}
    assert members_among(ours.conversation_id, [ALICE, BOB, UserId("none")]) == {
        ALICE: ours,
        BOB: his,
    }


def test_a_read_mark_moves_up_and_never_back() -> None:
    stored = stores(ALICE, "c")

    moved = [mark_read(ALICE, stored.conversation_id, seq) for seq in (2, 1, 2, 3)]

    assert moved == [True, False, False, True]
    found = find_membership(ALICE, stored.conversation_id)
    assert found is not None
    assert found.last_read_seq == 3


def test_somebody_who_is_no_member_has_no_read_mark_and_does_not_become_one() -> None:
    assert not mark_read(ALICE, ConversationId("c"), 1)

    assert find_membership(ALICE, ConversationId("c")) is None
