import pytest

from chat.protocol.errors import Conflict
from chat.storage.tables import UserRow
from testing.injection import inject_before
from testing.simulation import START_MS, Simulation
from tests.unit.storage.membership_fixtures import (
    ALICE,
    BOB,
    CAROL,
    add_members,
    conversations_of,
    create_another_conversation,
    create_conversation,
    leave_another_conversation,
    register_members,
    roles,
)


@pytest.fixture(autouse=True)
def existing_conversation(simulation: Simulation) -> Simulation:
    create_conversation(simulation)
    return simulation


# Conversations per user.


def test_existing_member_is_reported_before_any_limit() -> None:
    create_another_conversation(1, BOB)

    assert not add_members(BOB, CAROL)

    assert conversations_of("bob", "carol") == [2, 0]


def test_adding_is_retried_if_the_user_has_room_again(simulation: Simulation) -> None:
    create_another_conversation(1, ALICE, CAROL)
    create_another_conversation(2, CAROL)

    with inject_before(simulation, "BatchGetItem", lambda: leave_another_conversation(1, CAROL)):
        assert not add_members(CAROL)

    assert add_members(CAROL)


def test_creation_is_retried_if_the_user_has_room_again(simulation: Simulation) -> None:
    create_another_conversation(1, ALICE, CAROL)
    create_another_conversation(2, CAROL)

    with (
        inject_before(simulation, "BatchGetItem", lambda: leave_another_conversation(1, CAROL)),
        pytest.raises(Conflict, match="Try again"),
    ):
        create_another_conversation(3, CAROL)

    assert create_another_conversation(3, CAROL)


@pytest.mark.parametrize("row", ["none", "somebody else's"])
def test_deleted_user_does_not_become_a_member(row: str) -> None:
    UserRow("carol").delete()
    if row == "somebody else's":
        UserRow("carol", user_id="another", created_at=START_MS).save()

    with pytest.raises(Conflict, match="no user 'carol'"):
        add_members(CAROL)
    with pytest.raises(Conflict, match="no user 'carol'"):
        create_another_conversation(1, CAROL)

    assert roles() == {"alice": "owner", "bob": "member"}


# Members per conversation.


def test_missing_permission_is_reported_before_a_full_conversation(simulation: Simulation) -> None:
    most = register_members(simulation, 48)
    add_members(*most[:32])
    add_members(*most[32:])

    assert not add_members(CAROL, by=BOB)
