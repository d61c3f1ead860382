"""Reactions at the same time as each other, and as all that changes their message."""

from collections.abc import Callable
from itertools import combinations_with_replacement

import pytest

from chat.storage.reactions import MAX_REACTIONS_OF_MESSAGE, MAX_REACTIONS_OF_USER
from testing.group import Action, Group, Results, run_interleaved
from testing.interleavings import random_order
from testing.invariants import check_invariants, rows
from testing.people import Person
from testing.reader import Reader, check_same, present
from testing.scheduler import Scheduler

FIRST = 2
"""The number of the message: adding bob has taken number 1."""

ORDERS = 20
SOAKED = 3_000


@pytest.fixture
def reacted(group_with_bob: Group) -> Group:
    """Give a group with a message of alice's, to which alice and carol have reacted."""
    group = group_with_bob
    group.says(group.hers, "one")()
    group.reacts(group.hers, FIRST)()
    group.reacts(group.carols, FIRST)()
    group.forget()
    return group


CROSSING: dict[str, Callable[[Group], Action]] = {
    "the same": lambda group: group.reacts(group.his, FIRST),
    "another": lambda group: group.reacts(group.carols, FIRST, "🎉"),
    "taken back": lambda group: group.reacts(group.carols, FIRST, is_on=False),
    "given again": lambda group: group.reacts(group.carols, FIRST),
    "edit": lambda group: group.edits(group.hers, FIRST, "edited"),
    "delete": lambda group: group.deletes(group.hers, FIRST),
    "removal of the reactor": lambda group: group.removes(group.hers, "carol"),
    "removal of the author": lambda group: group.requests(group.hers, "leave_conversation"),
}


@pytest.mark.parametrize(
    ("one", "other"), list(combinations_with_replacement(CROSSING, 2)), ids=str
)
def test_message_shows_the_sum_of_its_reactions_after_every_pair(
    reacted: Group, one: str, other: str
) -> None:
    reader = Reader(reacted, reacted.his).opens()
    known = (reader.position, dict(reader.shown))

    def check(_: Results) -> None:
        reader.position, reader.shown = known[0], dict(known[1])
        check_same(reader, Reader(reacted, reacted.his).opens())

    runs = run_interleaved(
        reacted,
        check=check,
        at_most=ORDERS,
        soaked=SOAKED,
        one=CROSSING[one](reacted),
        other=CROSSING[other](reacted),
    )

    assert runs > 1


@pytest.mark.parametrize("third", ["the same", "edit", "delete"])
def test_message_shows_the_sum_of_its_reactions_after_three_at_once(
    reacted: Group, third: str
) -> None:
    reader = Reader(reacted, reacted.his)

    def check(_: Results) -> None:
        reader.shown = {}
        check_same(reader.opens())

    run_interleaved(
        reacted,
        check=check,
        at_most=ORDERS,
        soaked=SOAKED,
        one=CROSSING["another"](reacted),
        other=CROSSING["taken back"](reacted),
        third=CROSSING[third](reacted),
    )


def test_reaction_that_crosses_the_deletion_leaves_nothing(reacted: Group) -> None:
    def check(results: Results) -> None:
        assert results["delete"]["data"]["change"] == "deleted"
        assert results["react"]["type"] in {"message_changed", "error"}
        assert rows("ReactionsTable") == []
        assert present()[FIRST]["is_deleted"]

    run_interleaved(
        reacted,
        check=check,
        at_most=5 * ORDERS,
        soaked=SOAKED,
        react=reacted.reacts(reacted.his, FIRST),
        delete=reacted.deletes(reacted.hers, FIRST),
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_fifty_reactions_at_once_are_pushed_twenty_times_at_most(
    group_with_bob: Group, seed: int
) -> None:
    group = group_with_bob
    group.says(group.hers, "one")()
    people = [Person(group.simulation, f"user{number}") for number in range(50)]
    for some in (people[:25], people[25:]):
        names = [each.user.username for each in some]
        group.requests(group.hers, "add_members", members=names)()
    clients = [each.logs_in() for each in people]
    group.simulation.advance_time(seconds=60)
    group.forget()
    scheduler = Scheduler(group.simulation, random_order(seed))

    replies = scheduler.run(
        {str(number): group.reacts(client, FIRST) for number, client in enumerate(clients)}
    )

    assert {reply["type"] for reply in replies.values()} == {"message_changed"}
    check_invariants(group.simulation)
    reader = Reader(group, group.carols).opens()
    assert reader.shown[FIRST]["reactions"]["total"] == 50
    assert 1 <= len(group.carols.received) <= 20


def test_two_new_reactions_never_exceed_what_a_message_may_have(group_with_bob: Group) -> None:
    group = group_with_bob
    group.says(group.hers, "one")()
    people = [Person(group.simulation, f"user{number}") for number in range(4)]
    group.requests(group.hers, "add_members", members=[each.user.username for each in people])()
    for number in range(MAX_REACTIONS_OF_MESSAGE - 1):
        client = people[number // MAX_REACTIONS_OF_USER].logs_in()
        group.reacts(client, FIRST, f"x{number}")()

    def check(_: Results) -> None:
        kinds = {row["reacted_by"].split("#", 2)[2] for row in rows("ReactionsTable")}
        assert len(kinds) <= MAX_REACTIONS_OF_MESSAGE

    run_interleaved(
        group,
        check=check,
        at_most=ORDERS,
        soaked=SOAKED,
        one=group.reacts(group.his, FIRST, "one"),
        other=group.reacts(group.carols, FIRST, "other"),
    )
