import pytest

from chat.protocol.errors import Conflict
from chat.storage.tables import UserRow
from testing.injection import inject_before
from testing.simulation import START_MS, Simulation
from tests.unit.storage.group import (
    ALICE,
    BOB,
    CAROL,
    adds,
    conversations_of,
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


def test_who_is_a_member_already_is_told_of_before_any_limit() -> None:
    founds_another(1, BOB)

    assert not adds(BOB, CAROL)

    assert conversations_of("bob", "carol") == [2, 0]


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


def test_a_conversation_that_is_full_still_tells_who_may_not_add(simulation: Simulation) -> None:
    most = crowd(simulation, 48)
    adds(*most[:32])
    adds(*most[32:])

    assert not adds(CAROL, by=BOB)
