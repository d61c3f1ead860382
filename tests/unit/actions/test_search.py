"""`search` finds the messages of a conversation that contain a text, newest first."""

import json
from collections.abc import Callable

import pytest

from chat.protocol.ids import ConversationId
from chat.protocol.limits import MAX_FRAME_BYTES, MAX_SEARCH_TEXT
from chat.storage.message_texts import texts_between
from chat.storage.numbers import give_up_number
from testing.capacity_meter import metered
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import START_MS, Simulation
from testing.sockets import Frame
from testing.stored import fill_messages, find_stored
from tests.unit.actions.history_pages import take_unused_numbers

type Room = tuple[Client, Client, ConversationId]

MB = 1_000_000
READ_UNITS_OF_8_MB = 8 * 1_048_576 // 4_096
"""If the reads are strongly consistent; others cost half."""


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give alice and bob in a group without messages."""
    hers, his = alice.logs_in(), bob.logs_in()
    return hers, his, ConversationId(hers.creates(bob))


def searches(client: Client, conversation: str, text: str, before: int | None = None) -> Frame:
    """Search with the longest request id; returns the `data` of the page."""
    data = {"text": text} | ({} if before is None else {"before_seq": before})
    frame = {
        "type": "search",
        "conversationId": conversation,
        "data": data,
        "requestId": "😀" * 64,
    }
    body = client.simulation.invoke("search", client.connection_id, json.dumps(frame))["body"]
    assert len(body.encode()) <= MAX_FRAME_BYTES
    reply: Frame = json.loads(body)
    assert reply["type"] == "search_results", reply
    found: Frame = reply["data"]
    return found


def searches_all(client: Client, conversation: str, text: str) -> list[int]:
    """Search page by page; returns the numbers that were found, in their order."""
    found, page = [], searches(client, conversation, text)
    while True:
        found += [each["seq"] for each in page["messages"]]
        if "cursor" not in page:
            return found
        page = searches(client, conversation, text, page["cursor"])


def test_messages_that_contain_the_text_are_found_newest_first(room: Room) -> None:
    hers, his, conversation = room
    one = hers.says("One fish", to=conversation)
    hers.says("nothing", to=conversation)
    two = his.says("two FISH, red fish", to=conversation)

    assert searches(his, conversation, "fish") == {
        "conversation_id": conversation,
        "messages": [two, one],
    }


def test_text_is_compared_without_case_and_composition(room: Room) -> None:
    hers, his, conversation = room
    hers.says("Die Stra\u00dfe im Cafe\u0301", to=conversation)

    for text in ("STRASSE", "stra\u00dfe IM", "CAF\u00c9", " cafe\u0301\t"):
        assert searches_all(his, conversation, text) == [1]
    assert searches_all(his, conversation, "cafe\u0300") == []


def test_characters_of_patterns_stand_for_themselves(room: Room) -> None:
    hers, his, conversation = room
    hers.says("100%", to=conversation)
    hers.says("a.b", to=conversation)

    assert searches_all(his, conversation, "%") == [1]
    assert searches_all(his, conversation, ".") == [2]
    assert searches_all(his, conversation, ".*") == []


def test_edited_message_is_found_by_its_latest_text_only(room: Room) -> None:
    hers, his, conversation = room
    hers.says("draft", to=conversation)
    hers.sends("edit_message", messageId=f"{conversation}:1", data={"content": "final"})

    assert searches_all(his, conversation, "draft") == []
    [found] = searches(his, conversation, "final")["messages"]
    assert (found["content"], found["version"]) == ("final", 2)


def test_deleted_message_is_never_found(room: Room) -> None:
    hers, his, conversation = room
    hers.says("secret", to=conversation)
    hers.sends("delete_message", messageId=f"{conversation}:1")

    for text in ("secret", "alice", "text"):
        assert searches_all(his, conversation, text) == []


def test_messages_of_other_conversations_are_not_found(room: Room, bob: Person) -> None:
    hers, _, conversation = room
    other = hers.creates(bob)
    hers.says("elsewhere", to=other)

    assert searches_all(hers, conversation, "elsewhere") == []


def test_later_member_finds_what_was_sent_before(room: Room, carol: Person) -> None:
    hers, _, conversation = room
    hers.says("before", to=conversation)
    hers.sends("add_members", conversationId=conversation, data={"members": ["carol"]})

    assert searches_all(carol.logs_in(), conversation, "before") == [1]


def test_removed_member_finds_nothing(room: Room) -> None:
    hers, his, conversation = room
    hers.says("hello", to=conversation)
    hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})

    his.is_rejected("not_a_member", "search", conversationId=conversation, data={"text": "hello"})


@pytest.mark.parametrize("text", ["", " \t\n", "\u3000", "x" * (MAX_SEARCH_TEXT + 1), 7])
def test_blank_or_long_text_is_rejected(room: Room, text: object) -> None:
    hers, _, conversation = room

    reply = hers.is_rejected(
        "bad_request", "search", conversationId=conversation, data={"text": text}
    )

    assert reply["data"] == {"field": "data.text"}


def test_length_of_a_text_is_counted_once_it_is_composed(room: Room) -> None:
    hers, _, conversation = room
    longest = "\u00e9" * MAX_SEARCH_TEXT
    hers.says(longest, to=conversation)

    assert searches_all(hers, conversation, "e\u0301" * MAX_SEARCH_TEXT) == [1]


def test_search_goes_on_below_a_number(room: Room) -> None:
    _, his, conversation = room
    fill_messages(conversation, ["hit"] * 3, START_MS)

    for before, found in {0: [], 1: [], 2: [1], 3: [2, 1], 4: [3, 2, 1], 99: [3, 2, 1]}.items():
        page = searches(his, conversation, "hit", before)
        assert [each["seq"] for each in page["messages"]] == found
        assert "cursor" not in page


def test_empty_conversation_is_searched_in_one_page(room: Room) -> None:
    hers, _, conversation = room

    assert searches(hers, conversation, "x") == {"conversation_id": conversation, "messages": []}


def test_page_has_fifty_messages_and_the_next_one_goes_on(room: Room) -> None:
    hers, _, conversation = room
    fill_messages(conversation, ["hit", "miss"] * 60, START_MS)

    first = searches(hers, conversation, "hit")

    assert [each["seq"] for each in first["messages"]] == list(range(119, 19, -2))
    assert first["cursor"] == 21
    assert searches_all(hers, conversation, "hit") == list(range(119, 0, -2))


def test_last_hit_on_a_full_page_ends_the_search(room: Room) -> None:
    hers, _, conversation = room
    fill_messages(conversation, ["hit"] * 50, START_MS)

    assert "cursor" not in searches(hers, conversation, "hit")


@pytest.mark.parametrize(
    "content", ["hit" + "x" * 5_000, "hit" + "\x01" * 5_000, "hit" + "é" * 900]
)
def test_messages_that_do_not_fit_one_frame_are_on_the_next_page(room: Room, content: str) -> None:
    hers, _, conversation = room
    fill_messages(conversation, [content] * 20, START_MS)

    assert searches_all(hers, conversation, "hit") == list(range(20, 0, -1))


def test_numbers_without_a_message_are_passed(room: Room) -> None:
    hers, his, conversation = room
    hers.says("hit", to=conversation)
    take_unused_numbers(conversation, 3)
    give_up_number(conversation, 3)
    his.says("hit", to=conversation)

    assert searches_all(his, conversation, "hit") == [5, 1]


def test_all_pages_of_a_long_conversation_find_everything_once(room: Room) -> None:
    hers, _, conversation = room
    # The density of the messages changes, so ranges end early and late.
    sizes = [30] * 2_000 + [9_000] * 400 + [200] * 3_000 + [14_000] * 600
    texts = ["miss"] * 96 + ["hit"]
    contents = [texts[at % 97] + "x" * size for at, size in enumerate(sizes)]
    fill_messages(conversation, contents, START_MS)

    assert searches_all(hers, conversation, "hit") == list(range(6_000 - 6_000 % 97, 0, -97))


@pytest.mark.parametrize("size", [300, 16_000])
def test_page_without_hits_reads_at_most_eight_megabytes(
    room: Room, simulation: Simulation, size: int
) -> None:
    hers, _, conversation = room
    fill_messages(conversation, ["x" * size] * (12 * MB // size), START_MS)

    with metered(simulation.dynamodb, find_stored) as bill:
        page = searches(hers, conversation, "hit")

    assert page["messages"] == []
    assert bill.read_units <= READ_UNITS_OF_8_MB / 2 + 256
    assert len([each for each in bill.requests if each.operation == "Query"]) <= 7
    # And so much that a long conversation takes few pages.
    assert bill.read_units > READ_UNITS_OF_8_MB / 4


def test_no_more_is_read_again_than_a_frame_can_hold(room: Room, simulation: Simulation) -> None:
    hers, _, conversation = room
    fill_messages(conversation, ["hit" + "x" * 16_000] * 40, START_MS)

    with metered(simulation.dynamodb, find_stored) as bill:
        page = searches(hers, conversation, "hit")

    [again] = [each for each in bill.requests if each.operation == "BatchGetItem"]
    assert again.read_units <= (MAX_FRAME_BYTES + 16_000) / 4_096
    assert page["messages"]


def test_common_text_is_found_by_reading_one_megabyte(room: Room, simulation: Simulation) -> None:
    hers, _, conversation = room
    fill_messages(conversation, ["hit" + "x" * 300] * 9_000, START_MS)

    with metered(simulation.dynamodb, find_stored) as bill:
        searches(hers, conversation, "hit")

    queries = [each for each in bill.requests if each.operation == "Query"]
    assert [each.read_units for each in queries] == [pytest.approx(244, abs=4)]


def test_outsider_has_no_message_read(room: Room, carol: Person, simulation: Simulation) -> None:
    hers, _, conversation = room
    hers.says("hello", to=conversation)
    hers_too = carol.logs_in()

    with metered(simulation.dynamodb, find_stored) as bill:
        hers_too.is_rejected(
            "not_a_member", "search", conversationId=conversation, data={"text": "hello"}
        )

    assert "Query" not in bill.operations


def remove_bob(hers: Client, conversation: str) -> None:
    hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})


LATER: dict[str, Callable[[Client, str], Frame]] = {
    "edit": lambda hers, where: hers.sends(
        "edit_message", messageId=f"{where}:1", data={"content": "hello, secret"}
    ),
    "react": lambda hers, where: hers.sends(
        "react", messageId=f"{where}:1", data={"reaction": "\U0001f910", "is_on": True}
    ),
    "chat_message": lambda hers, where: hers.sends(
        "chat_message", conversationId=where, data={"content": "hello, secret"}
    ),
}


@pytest.mark.parametrize("step", ["Query", "BatchGetItem"])
@pytest.mark.parametrize("change", LATER)
def test_member_removed_meanwhile_finds_no_later_state(
    room: Room, simulation: Simulation, change: str, step: str
) -> None:
    hers, his, conversation = room
    hers.says("hello", to=conversation)

    def bob_is_removed_and_alice_goes_on() -> None:
        remove_bob(hers, conversation)
        LATER[change](hers, conversation)

    with inject_before(simulation, step, bob_is_removed_and_alice_goes_on):
        reply = his.sends("search", conversationId=conversation, data={"text": "hello"})

    assert "secret" not in str(reply)
    assert "\U0001f910" not in str(reply)


def test_member_removed_meanwhile_does_not_learn_that_a_message_was_edited_away(
    room: Room, simulation: Simulation
) -> None:
    hers, his, conversation = room
    hers.says("hello", to=conversation)

    def bob_is_removed_and_the_message_edited() -> None:
        remove_bob(hers, conversation)
        hers.sends("edit_message", messageId=f"{conversation}:1", data={"content": "bye"})

    with inject_before(simulation, "Query", bob_is_removed_and_the_message_edited):
        his.is_rejected(
            "not_a_member", "search", conversationId=conversation, data={"text": "hello"}
        )


@pytest.mark.parametrize(
    ("type_", "data"), [("edit_message", {"data": {"content": "bye"}}), ("delete_message", {})]
)
def test_text_that_is_replaced_while_the_search_reads_is_not_found(
    room: Room, simulation: Simulation, type_: str, data: Frame
) -> None:
    hers, his, conversation = room
    hers.says("hello", to=conversation)

    def alice_changes_it() -> None:
        hers.sends(type_, messageId=f"{conversation}:1", **data)

    with inject_before(simulation, "BatchGetItem", alice_changes_it):
        found = searches(his, conversation, "hello")

    assert found["messages"] == []


def test_a_text_is_read_with_the_number_of_its_last_change(room: Room) -> None:
    hers, _, conversation = room
    hers.says("one", to=conversation)
    hers.says("two", to=conversation)
    hers.sends("edit_message", messageId=f"{conversation}:1", data={"content": "uno"})
    hers.sends("delete_message", messageId=f"{conversation}:2")

    read = texts_between(conversation, 1, 9, is_consistent=True)

    assert (read.texts, read.lowest, read.newest_version) == ([(1, "uno")], 1, 4)
