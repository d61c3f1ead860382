import pytest

from chat.actions.limits import Limits
from chat.protocol.errors import NotAMember
from chat.protocol.ids import ConversationId, UserId, Username
from chat.storage.conversations import (
    ConversationState,
    find_conversation,
    find_conversations,
    next_seq,
)
from chat.storage.membership_changes import Insertion, insert_conversation
from chat.storage.memberships import Membership
from testing.simulation import START_MS, Simulation


def state(name: str = "c", title: str | None = None) -> ConversationState:
    return ConversationState(
        conversation_id=ConversationId(name),
        kind="group",
        title=title,
        created_at=START_MS,
        last_activity_at=START_MS,
    )


def create_conversation(one: ConversationState) -> ConversationState:
    owner = Membership(
        user_id=UserId("user-alice"),
        conversation_id=one.conversation_id,
        username=Username("alice"),
        role="owner",
        joined_at=START_MS,
    )
    assert insert_conversation(one, [owner], Limits()) is Insertion.DONE
    return one


@pytest.fixture(autouse=True)
def tables(simulation: Simulation) -> Simulation:
    simulation.register("alice")
    return simulation


def test_a_hundred_are_found_in_one_request(simulation: Simulation) -> None:
    stored = [create_conversation(state(f"c{number}")) for number in range(100)]
    requests: list[str] = []

    with simulation.steps.observing(
        simulation.dynamodb, before=lambda step: requests.append(step.name)
    ):
        found = find_conversations([each.conversation_id for each in stored])

    assert len(found) == 100
    assert requests == ["BatchGetItem"]


def test_missing_conversation_gives_no_numbers_and_is_not_created() -> None:
    with pytest.raises(NotAMember):
        next_seq(ConversationId("none"), START_MS)

    assert find_conversation(ConversationId("none")) is None
