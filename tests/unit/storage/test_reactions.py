"""The rows of reactions: their sum, their limits, and those of one message."""

import pytest

from chat.protocol.ids import ConversationId, UserId, Username
from chat.protocol.server_frames import Person
from chat.protocol.server_messages import Reaction, Reactions
from chat.storage.reactions import (
    MAX_REACTIONS_OF_MESSAGE,
    MAX_REACTIONS_OF_USER,
    ReactionGiven,
    delete_reactions,
    find_reactions,
    is_too_many,
    put_reaction,
    summary_of,
    take_reaction_back,
)

CONVERSATION = ConversationId("c-1")


def given(by: str, reaction: str, at: int, *, to: int = 1) -> ReactionGiven:
    return ReactionGiven(
        conversation_id=CONVERSATION,
        message_seq=to,
        by=Person(UserId(f"user-{by}"), Username(by)),
        reaction=reaction,
        reacted_at=at,
    )


@pytest.mark.usefixtures("simulation")
def test_reaction_is_stored_once_and_taken_back_once() -> None:
    first, again = given("alice", "👍", 1), given("alice", "👍", 2)

    assert [put_reaction(first), put_reaction(again)] == [True, False]
    assert find_reactions(CONVERSATION, 1) == [first]
    assert [take_reaction_back(again), take_reaction_back(again)] == [True, False]
    assert find_reactions(CONVERSATION, 1) == []


@pytest.mark.usefixtures("simulation")
def test_reactions_of_a_message_are_not_those_of_one_whose_number_begins_alike() -> None:
    one, eleven = given("alice", "#", 1), given("alice", "👍", 1, to=11)
    put_reaction(one)
    put_reaction(eleven)

    assert find_reactions(CONVERSATION, 1) == [one]
    delete_reactions(CONVERSATION, 1)
    assert find_reactions(CONVERSATION, 1) == []
    assert find_reactions(CONVERSATION, 11) == [eleven]


def test_sum_has_reactions_and_users_in_the_order_they_came() -> None:
    rows = [given("bob", "👍", 3), given("alice", "🎉", 2), given("carol", "👍", 1)]

    assert summary_of(rows, 7) == Reactions(
        7,
        3,
        [
            Reaction("👍", 2, [Username("carol"), Username("bob")]),
            Reaction("🎉", 1, [Username("alice")]),
        ],
    )


def kinds(number: int, by: str = "others", first_at: int = 1) -> list[ReactionGiven]:
    return [given(by, f"x{each}", first_at + each) for each in range(number)]


@pytest.mark.parametrize(("number", "expected"), [(19, False), (20, True)])
def test_reaction_is_too_many_beyond_twenty_different_ones(number: int, *, expected: bool) -> None:
    assert number in {MAX_REACTIONS_OF_MESSAGE - 1, MAX_REACTIONS_OF_MESSAGE}
    new = given("alice", "new", 100)

    for is_new in (True, False):
        assert is_too_many(new, [*kinds(number), new], is_new=is_new) == expected


def test_new_reaction_is_too_many_though_another_one_came_later() -> None:
    new, later = given("alice", "new", 50), given("bob", "later", 51)
    rows = [*kinds(MAX_REACTIONS_OF_MESSAGE - 1), new, later]

    assert is_too_many(new, rows, is_new=True)
    assert is_too_many(later, rows, is_new=True)
    assert not is_too_many(new, rows, is_new=False)


@pytest.mark.parametrize(("number", "expected"), [(4, False), (5, True)])
def test_reaction_is_too_many_beyond_five_of_one_user(number: int, *, expected: bool) -> None:
    assert number in {MAX_REACTIONS_OF_USER - 1, MAX_REACTIONS_OF_USER}
    new = given("alice", "new", 100)

    for is_new in (True, False):
        assert is_too_many(new, [*kinds(number, "alice"), new], is_new=is_new) == expected


def test_reaction_that_others_gave_is_not_too_many_beside_one_that_is() -> None:
    rows = [*kinds(MAX_REACTIONS_OF_MESSAGE), given("bob", "one too many", 90)]
    same = given("alice", "x0", 100)

    assert not is_too_many(same, [*rows, same], is_new=True)
