"""Numbers that were given out, and have no message yet or never will."""

from itertools import pairwise

import pytest

from chat.actions.history import GAP_PAUSES_SECONDS
from chat.protocol.ids import ConversationId
from chat.storage.tables import MessageRow
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import START_MS, Simulation
from testing.snapshots import stored_tables
from testing.sockets import Frame
from testing.steps import Step
from tests.unit.actions.history_pages import loses, page, seqs, stores

type Room = tuple[Client, ConversationId]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    hers = alice.arrives()
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


def test_going_up_waits_for_a_message_that_is_just_being_stored(
    simulation: Simulation, room: Room
) -> None:
    hers, conversation = room
    loses(conversation)
    stores(conversation, "two")

    def arrive() -> None:
        if len(simulation.pauses) == 1:
            put_message(conversation, 1, "one")

    simulation.at_pause = arrive
    asked = page(hers, conversation, after_seq=0)

    assert [message["content"] for message in asked["messages"]] == ["one", "two"]
    assert simulation.pauses == [GAP_PAUSES_SECONDS[0]]


def test_a_message_that_takes_150_ms_to_be_stored_is_waited_for(
    simulation: Simulation, room: Room
) -> None:
    hers, conversation = room
    loses(conversation)

    def arrive() -> None:
        if simulation.now_ms >= asked_at + 150:
            put_message(conversation, 1, "one")

    asked_at, simulation.at_pause = simulation.now_ms, arrive
    asked = page(hers, conversation, after_seq=0)

    assert [message["content"] for message in asked["messages"]] == ["one"]


@pytest.mark.parametrize("place", ["first", "between", "last"])
def test_a_number_that_nothing_comes_for_is_waited_for_once(
    simulation: Simulation, room: Room, place: str
) -> None:
    hers, conversation = room
    for each in ("first", "between", "last"):
        if each == place:
            loses(conversation)
        else:
            stores(conversation, each)
    asked = page(hers, conversation, after_seq=0)
    simulation.pauses.clear()

    again = page(hers, conversation, after_seq=0)

    assert len(asked["messages"]) == 2
    assert asked["has_more"] is False
    assert again == asked
    assert simulation.pauses == []


def test_a_page_waits_at_most_a_moment_however_many_numbers_are_lost(
    simulation: Simulation, room: Room
) -> None:
    hers, conversation = room
    stores(conversation, "one")
    loses(conversation, 45)
    stores(conversation, "last")

    asked = page(hers, conversation, after_seq=0)

    assert seqs(asked) == [1, 47]
    assert tuple(simulation.pauses) == GAP_PAUSES_SECONDS


def test_only_what_a_page_covers_is_waited_for(simulation: Simulation, room: Room) -> None:
    hers, conversation = room
    stores(conversation, "one", "two")
    loses(conversation)

    asked = page(hers, conversation, after_seq=0, limit=1)

    assert (seqs(asked), asked["has_more"]) == ([1], True)
    assert simulation.pauses == []


def test_going_down_waits_for_nothing(simulation: Simulation, room: Room) -> None:
    hers, conversation = room
    stores(conversation, "one")
    loses(conversation)
    stores(conversation, "three")

    asked = page(hers, conversation)

    assert seqs(asked) == [1, 3]
    assert simulation.pauses == []


@pytest.mark.parametrize("asked", [{}, {"after_seq": 0}], ids=["newest", "going up"])
def test_any_run_of_unused_numbers_is_passed_in_few_requests(
    simulation: Simulation, room: Room, asked: dict[str, int]
) -> None:
    hers, conversation = room
    stores(conversation, "below")
    loses(conversation, 3_000)
    stores(conversation, "above", "on top")
    for seq in range(2, 3_002):
        put_mark(conversation, seq)
    reads: list[str] = []

    def note(step: Step) -> None:
        if any(place.table == "MessagesTable" for place in step.places):
            reads.append(step.name)

    with simulation.steps.telling(simulation.dynamodb, before=note):
        found = page(hers, conversation, **asked)

    assert len(reads) == 2
    assert found["has_more"]
    assert seqs(found) in ([1], [3_002, 3_003])


def test_a_page_with_nothing_below_it_but_unused_numbers_says_so(room: Room) -> None:
    hers, conversation = room
    loses(conversation, 200)
    stores(conversation, "on top")
    for seq in range(1, 201):
        put_mark(conversation, seq)

    found = page(hers, conversation)

    assert (seqs(found), found["has_more"]) == ([201], False)


@pytest.mark.parametrize("asked", [{}, {"after_seq": 0}], ids=["newest", "going up"])
def test_a_page_is_never_empty_while_there_is_more(room: Room, asked: dict[str, int]) -> None:
    hers, conversation = room
    loses(conversation, 2_500)
    stores(conversation, "alone")
    loses(conversation, 2_500)
    for seq in (*range(1, 2_501), *range(2_502, 5_002)):
        put_mark(conversation, seq)

    assert seqs(page(hers, conversation, **asked)) == [2_501]


def test_numbers_that_stay_unused_are_not_listed_and_fill_no_page(room: Room) -> None:
    hers, conversation = room
    loses(conversation, 30)
    stores(conversation, "one", "two")
    loses(conversation, 30)
    page(hers, conversation, after_seq=0)

    pages = [page(hers, conversation, limit=2), page(hers, conversation, after_seq=0, limit=2)]

    assert [seqs(each) for each in pages] == [[31, 32], [31, 32]]
    assert [each["has_more"] for each in pages] == [False, False]


@pytest.mark.parametrize("client_id", [{}, {"clientMessageId": "c-1"}], ids=["without", "with"])
@pytest.mark.parametrize("operation", ["PutItem", "TransactWriteItems"])
def test_a_page_going_up_is_final(room: Room, client_id: dict[str, str], operation: str) -> None:
    hers, conversation = room
    pages: list[Frame] = []

    def read_meanwhile() -> None:
        pages.append(page(hers, conversation, after_seq=0))

    with inject_before(hers.simulation, operation, read_meanwhile):
        sent = hers.says("slow", to=conversation, **client_id)

    later = page(hers, conversation, after_seq=0)
    assert later["messages"] == [sent]
    assert all(sent["seq"] == 2 and asked["messages"] == [] for asked in pages)


def test_sequence_numbers_rise_over_numbers_that_stay_unused(room: Room) -> None:
    hers, conversation = room
    stores(conversation, "one")
    loses(conversation, 2)
    stores(conversation, "four", "five")

    asked = page(hers, conversation, after_seq=0)

    assert all(earlier < later for earlier, later in pairwise(seqs(asked)))
