import pytest

from chat.protocol.ids import ConversationId, UserId, Username
from chat.storage.memberships import (
    Membership,
    find_membership,
    mark_read,
)
from chat.storage.tables import MembershipRow
from testing.simulation import START_MS, Simulation

ALICE, BOB = UserId("user-alice"), UserId("user-bob")


def store_membership(user_id: UserId, conversation: str) -> Membership:
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


def test_read_mark_moves_only_forward() -> None:
    stored = store_membership(ALICE, "c")

    moved = [mark_read(ALICE, stored.conversation_id, seq) for seq in (2, 1, 2, 3)]

    assert moved == [True, False, False, True]
    found = find_membership(ALICE, stored.conversation_id)
    assert found is not None
    assert found.last_read_seq == 3


def test_marking_read_creates_no_membership() -> None:
    assert not mark_read(ALICE, ConversationId("c"), 1)

    assert find_membership(ALICE, ConversationId("c")) is None
