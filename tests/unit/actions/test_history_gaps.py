"""Numbers that were given out and have no message, yet or ever."""

import pytest

from chat.actions.history import GAP_PAUSES_SECONDS
from chat.protocol.ids import ConversationId
from chat.storage.tables import MessageRow
from testing.people import Client, Person
from testing.simulation import START_MS, Simulation
from testing.snapshots import stored_tables
from testing.steps import Step
from tests.unit.actions.history_pages import page, seqs, store_messages, take_unused_numbers

type Group = tuple[Client, ConversationId]


@pytest.fixture
def group(alice: Person, bob: Person) -> Group:
    hers = alice.logs_in()
    return hers, ConversationId(hers.creates(bob))


def put_mark(conversation: ConversationId, seq: int) -> None:
    """Mark a number as unused, without a request."""
    key = {"conversation_id": {"S": conversation}, "seq": {"N": str(seq)}}
    stored_tables()["MessagesTable"].put_item({**key, "unused": {"BOOL": True}})


def put_message(conversation: ConversationId, seq: int, content: str) -> None:
    """Store a message of bob's under a number that was given out before."""
    MessageRow(
        conversation,
        seq,
        user_id="user-bob",
        username="bob",
        content=content,
        type="text",
        created_at=START_MS,
    ).save()


def test_forward_page_waits_for_a_message_being_stored(
    simulation: Simulation, group: Group
) -> None:
    hers, conversation = group
    take_unused_numbers(conversation)
    store_messages(conversation, "two")

    def arrive() -> None:
        if len(simulation.sleeps) == 1:
            put_message(conversation, 1, "one")

    simulation.on_sleep = arrive
    asked = page(hers, conversation, after_seq=0)

    assert [message["content"] for message in asked["messages"]] == ["one", "two"]
    assert simulation.sleeps == [GAP_PAUSES_SECONDS[0]]


def test_forward_page_waits_150_ms_for_a_message(simulation: Simulation, group: Group) -> None:
    hers, conversation = group
    take_unused_numbers(conversation)

    def arrive() -> None:
        if simulation.now_ms >= asked_at + 150:
            put_message(conversation, 1, "one")

    asked_at, simulation.on_sleep = simulation.now_ms, arrive
    asked = page(hers, conversation, after_seq=0)

    assert [message["content"] for message in asked["messages"]] == ["one"]


@pytest.mark.parametrize("place", ["first", "between", "last"])
def test_unused_number_is_waited_for_only_once(
    simulation: Simulation, group: Group, place: str
) -> None:
    hers, conversation = group
    for each in ("first", "between", "last"):
        if each == place:
            take_unused_numbers(conversation)
        else:
            store_messages(conversation, each)
    asked = page(hers, conversation, after_seq=0)
    simulation.sleeps.clear()

    again = page(hers, conversation, after_seq=0)

    assert len(asked["messages"]) == 2
    assert asked["has_more"] is False
    assert again == asked
    assert simulation.sleeps == []


def test_wait_of_a_page_does_not_grow_with_the_number_of_gaps(
    simulation: Simulation, group: Group
) -> None:
    hers, conversation = group
    store_messages(conversation, "one")
    take_unused_numbers(conversation, 45)
    store_messages(conversation, "last")

    asked = page(hers, conversation, after_seq=0)

    assert seqs(asked) == [1, 47]
    assert tuple(simulation.sleeps) == GAP_PAUSES_SECONDS


def test_gap_beyond_the_page_is_not_waited_for(simulation: Simulation, group: Group) -> None:
    hers, conversation = group
    store_messages(conversation, "one", "two")
    take_unused_numbers(conversation)

    asked = page(hers, conversation, after_seq=0, limit=1)

    assert (seqs(asked), asked["has_more"]) == ([1], True)
    assert simulation.sleeps == []


def test_backward_page_settles_every_number_once(simulation: Simulation, group: Group) -> None:
    hers, conversation = group
    store_messages(conversation, "one")
    take_unused_numbers(conversation)
    store_messages(conversation, "three")

    first = page(hers, conversation)
    waited = [*simulation.sleeps]
    again = page(hers, conversation)

    assert first == again
    assert (seqs(first), first["up_to"]) == ([1, 3], 3)
    assert simulation.sleeps == waited == [*GAP_PAUSES_SECONDS]


@pytest.mark.parametrize("asked", [{}, {"after_seq": 0}], ids=["newest", "going up"])
def test_long_run_of_unused_numbers_takes_two_requests(
    simulation: Simulation, group: Group, asked: dict[str, int]
) -> None:
    hers, conversation = group
    store_messages(conversation, "below")
    take_unused_numbers(conversation, 3_000)
    store_messages(conversation, "above", "on top")
    for seq in range(2, 3_002):
        put_mark(conversation, seq)
    reads: list[str] = []

    def note(step: Step) -> None:
        if any(place.table == "MessagesTable" for place in step.places):
            reads.append(step.name)

    with simulation.steps.observing(simulation.dynamodb, before=note):
        found = page(hers, conversation, **asked)

    # One more, which reads no content, where numbers below a page going down are to be settled.
    assert len(reads) <= 3
    assert found["has_more"]
    assert seqs(found) in ([1], [3_002, 3_003])


def test_page_above_only_unused_numbers_has_no_more(group: Group) -> None:
    hers, conversation = group
    take_unused_numbers(conversation, 200)
    store_messages(conversation, "on top")
    for seq in range(1, 201):
        put_mark(conversation, seq)

    found = page(hers, conversation)

    assert (seqs(found), found["has_more"]) == ([201], False)


@pytest.mark.parametrize("asked", [{}, {"after_seq": 0}], ids=["newest", "going up"])
def test_page_is_not_empty_while_messages_remain(group: Group, asked: dict[str, int]) -> None:
    hers, conversation = group
    take_unused_numbers(conversation, 2_500)
    store_messages(conversation, "alone")
    take_unused_numbers(conversation, 2_500)
    for seq in (*range(1, 2_501), *range(2_502, 5_002)):
        put_mark(conversation, seq)

    assert seqs(page(hers, conversation, **asked)) == [2_501]


def test_unused_numbers_are_not_listed_and_take_no_space(group: Group) -> None:
    hers, conversation = group
    take_unused_numbers(conversation, 30)
    store_messages(conversation, "one", "two")
    take_unused_numbers(conversation, 30)
    page(hers, conversation, after_seq=0)

    pages = [page(hers, conversation, limit=2), page(hers, conversation, after_seq=0, limit=2)]

    assert [seqs(each) for each in pages] == [[31, 32], [31, 32]]
    assert [each["has_more"] for each in pages] == [False, False]
