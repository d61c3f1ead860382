"""When what a message shows of its reactions is their sum, and stays it."""

import pytest
from msgspec import json

from chat.protocol.server_frames import Person
from chat.storage.changes import Change, put_change
from chat.storage.conversations import next_seq
from chat.storage.database import transaction
from chat.storage.numbers import give_up_number
from chat.storage.reaction_summaries import NUMBERS_LOOKED_AT, settled_summary
from chat.storage.reactions import ReactionGiven, find_reactions, put_reaction, summary_of
from chat.storage.tables import MessageRow
from testing.group import Group, create_group
from testing.injection import inject_before
from testing.invariants import check_invariants
from testing.simulation import Simulation

MESSAGE = 1


@pytest.fixture
def reacted(simulation: Simulation) -> Group:
    """Give a group with a message of alice's to which carol has reacted."""
    group = create_group(simulation)
    group.says(group.hers, "one")()
    group.reacts(group.carols, MESSAGE)()
    return group


def alice_of(group: Group) -> Person:
    return Person(group.hers.user.user_id, group.hers.user.username)


def change_of(group: Group) -> Change:
    return Change(
        conversation_id=group.conversation,
        kind="reacted",
        by=alice_of(group),
        at=group.simulation.now_ms,
        message_seq=MESSAGE,
    )


def put_reaction_of_alice(group: Group) -> None:
    given = ReactionGiven(
        conversation_id=group.conversation,
        message_seq=MESSAGE,
        by=alice_of(group),
        reaction="👍",
        reacted_at=group.simulation.now_ms,
    )
    assert put_reaction(given)


def test_sum_of_all_rows_is_settled(reacted: Group) -> None:
    settled = settled_summary(change_of(reacted))

    assert settled
    assert settled.shown.total == 1


def test_sum_without_a_row_is_not_settled(reacted: Group) -> None:
    put_reaction_of_alice(reacted)

    assert settled_summary(change_of(reacted)) is None


def test_sum_is_not_settled_while_a_number_is_missing(reacted: Group) -> None:
    missing = next_seq(reacted.conversation)

    assert settled_summary(change_of(reacted)) is None

    give_up_number(reacted.conversation, missing)

    assert settled_summary(change_of(reacted))


def test_sum_is_not_settled_if_too_many_numbers_would_have_to_be_read(reacted: Group) -> None:
    for _ in range(NUMBERS_LOOKED_AT):
        give_up_number(reacted.conversation, next_seq(reacted.conversation))

    assert settled_summary(change_of(reacted)) is None


def store_sum_under(seq: int, group: Group) -> None:
    """Store the sum of the rows of now, as a function does that took its number earlier."""
    summary = summary_of(find_reactions(group.conversation, MESSAGE), seq)
    with transaction() as writes:
        put_change(writes, change_of(group), seq)
        writes.update(
            MessageRow(group.conversation, MESSAGE),
            actions=[
                MessageRow.reactions_version.set(seq),
                MessageRow.reactions.set(json.encode(summary).decode()),
            ],
        )


def test_repeated_reaction_outdoes_a_sum_that_was_read_before_it_was_given(reacted: Group) -> None:
    lower = next_seq(reacted.conversation)

    def alice_dies_after_her_row_and_repeats() -> None:
        put_reaction_of_alice(reacted)
        store_sum_under(lower, reacted)
        reacted.reacts(reacted.hers, MESSAGE)()

    with inject_before(
        reacted.simulation, "TransactWriteItems", alice_dies_after_her_row_and_repeats
    ):
        reacted.reacts(reacted.carols, MESSAGE, "🎉")()

    check_invariants(reacted.simulation)
