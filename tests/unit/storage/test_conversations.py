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


def founds(one: ConversationState) -> ConversationState:
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


@pytest.mark.parametrize("title", [None, "Lunch", "😀" * 128])
def test_what_is_stored_is_found(title: str | None) -> None:
    stored = founds(state(title=title))

    assert find_conversation(stored.conversation_id) == stored


def test_what_was_never_stored_is_none() -> None:
    assert find_conversation(ConversationId("c")) is None


def test_many_are_found_at_once_without_those_that_are_not() -> None:
    stored = [founds(state(f"c{number}")) for number in range(3)]

    found = find_conversations([each.conversation_id for each in (*stored, state("none"))])

    assert found == {each.conversation_id: each for each in stored}


def test_a_hundred_are_found_in_one_request(simulation: Simulation) -> None:
    stored = [founds(state(f"c{number}")) for number in range(100)]
    requests: list[str] = []

    with simulation.steps.telling(
        simulation.dynamodb, before=lambda step: requests.append(step.name)
    ):
        found = find_conversations([each.conversation_id for each in stored])

    assert len(found) == 100
    assert requests == ["BatchGetItem"]


def test_numbers_rise_from_one() -> None:
    conversation_id = founds(state()).conversation_id

    numbers = [next_seq(conversation_id, START_MS) for _ in range(3)]

    assert numbers == [1, 2, 3]


def test_a_number_is_given_with_the_time_of_the_latest_activity() -> None:
    conversation_id = founds(state()).conversation_id

    next_seq(conversation_id, START_MS + 5)

    found = find_conversation(conversation_id)
    assert found is not None
    assert (found.last_seq, found.last_activity_at) == (1, START_MS + 5)
    assert (found.kind, found.created_at) == ("group", START_MS)


def test_a_conversation_that_does_not_exist_gives_no_numbers_and_is_not_made() -> None:
    with pytest.raises(NotAMember):
        next_seq(ConversationId("none"), START_MS)

    assert find_conversation(ConversationId("none")) is None
