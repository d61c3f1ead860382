import json
from typing import Any

import pytest

from chat.protocol.ids import ConversationId
from chat.storage.conversations import next_seq
from chat.storage.numbers import seal_gap
from testing.people import Client, Person
from testing.simulation import START_MS, Simulation
from testing.sockets import Frame

type Pair = tuple[Client, Client]


@pytest.fixture
def pair(alice: Person, bob: Person) -> Pair:
    return alice.logs_in(), bob.logs_in()


def page(client: Client, **data: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
    """Request a page with the longest request id; returns its `data`."""
    frame = {"type": "list_conversations", "data": data, "requestId": "😀" * 64}
    text = json.dumps(frame)
    body = client.simulation.invoke("list_conversations", client.connection_id, text)["body"]
    reply: Frame = json.loads(body)
    assert reply["type"] == "conversations", reply
    asked: Frame = reply["data"]
    return asked


def all_pages(client: Client, **data: Any) -> list[Frame]:  # noqa: ANN401 -- as above
    pages = [page(client, **data)]
    while "cursor" in pages[-1]:
        pages.append(page(client, **data, cursor=pages[-1]["cursor"]))
    return pages


def only(client: Client) -> Frame:
    [conversation] = page(client)["items"]
    item: Frame = conversation
    return item


# Conversations.


def test_user_without_conversations_gets_an_empty_list(pair: Pair) -> None:
    hers, _ = pair

    reply = hers.sends("list_conversations", requestId="r-1")

    assert reply == {"type": "conversations", "requestId": "r-1", "data": {"items": []}}


def test_list_shows_a_conversation_as_the_user_sees_it(
    simulation: Simulation, pair: Pair, bob: Person
) -> None:
    hers, his = pair
    conversation = hers.creates(bob, title="Lunch")
    simulation.advance_time(seconds=60)
    hers.says("one", to=conversation)
    last = hers.says("two", to=conversation)
    his.sends_without_reply("read_receipt", messageId=f"{conversation}:1")

    [listed] = his.sends("list_conversations")["data"]["items"]

    assert listed == {
        "conversation_id": conversation,
        "kind": "group",
        "title": "Lunch",
        "role": "member",
        "last_seq": 2,
        "last_message": last,
        "last_activity_at": "2026-11-22T18:20:14.123Z",
        "last_read_seq": 1,
        "unread_count": 1,
        "mention_count": 0,
        "created_at": "2026-11-22T18:19:14.123Z",
    }


def test_list_holds_only_the_users_conversations(pair: Pair, bob: Person, carol: Person) -> None:
    hers, his = pair
    hers.creates(bob)
    his.creates(carol)

    [listed] = page(hers)["items"]

    assert listed["role"] == "owner"


def test_named_conversations_are_listed_without_the_others(pair: Pair, bob: Person) -> None:
    hers, his = pair
    rooms = [hers.creates(bob, title=title) for title in ("one", "two", "three")]
    hers.says("Hello", to=rooms[2])

    reply = page(his, conversation_ids=[rooms[0], rooms[2], rooms[0]])

    unread = {each["conversation_id"]: each["unread_count"] for each in reply["items"]}
    assert unread == {rooms[0]: 0, rooms[2]: 1}
    assert len(reply["items"]) == 2
    assert "cursor" not in reply


def test_named_conversations_of_others_and_unknown_ones_are_left_out(
    pair: Pair, bob: Person, carol: Person
) -> None:
    hers, his = pair
    others = hers.creates(carol)
    own = hers.creates(bob)

    reply = page(his, conversation_ids=[others, "unknown", own])

    assert [each["conversation_id"] for each in reply["items"]] == [own]


def test_list_is_ordered_by_latest_activity(simulation: Simulation, pair: Pair) -> None:
    hers, _ = pair
    first, second, third = hers.creates(), hers.creates(), hers.creates()
    for conversation in (second, first):
        simulation.advance_time(seconds=1)
        hers.says("x", to=conversation)

    listed = page(hers)["items"]

    assert [each["conversation_id"] for each in listed] == [first, second, third]


def test_long_last_message_is_truncated(pair: Pair) -> None:
    hers, _ = pair
    conversation = hers.creates()
    hers.says("😀" * 300, to=conversation)

    listed = only(hers)

    assert listed["last_message"]["content"] == "😀" * 200


# Unread counts.


@pytest.mark.parametrize(("said", "unread"), [(0, 0), (1, 1), (11, 11), (99, 99), (101, 100)])
def test_unread_count_covers_messages_of_others_up_to_a_hundred(
    pair: Pair, bob: Person, said: int, unread: int
) -> None:
    hers, his = pair
    conversation = hers.creates(bob)
    for number in range(said):
        hers.says(str(number), to=conversation)

    listed = only(his)

    assert listed["unread_count"] == unread


def test_own_messages_are_never_unread(pair: Pair, bob: Person) -> None:
    hers, his = pair
    conversation = hers.creates(bob)
    for client in (hers, his, his, hers, his):
        client.says("x", to=conversation)

    counts = only(hers)["unread_count"], only(his)["unread_count"]

    assert counts == (1, 0)


def test_messages_before_an_own_message_are_read(pair: Pair, bob: Person) -> None:
    hers, his = pair
    conversation = hers.creates(bob)
    hers.says("Hello?", to=conversation)
    for number in range(25):
        his.says(str(number), to=conversation)
    hers.says("And now?", to=conversation)

    listed = only(his)

    assert listed["unread_count"] == 1


def test_messages_up_to_the_read_mark_are_not_unread(pair: Pair, bob: Person) -> None:
    hers, his = pair
    conversation = hers.creates(bob)
    for number in range(30):
        hers.says(str(number), to=conversation)
    his.sends_without_reply("read_receipt", messageId=f"{conversation}:12")

    listed = only(his)

    assert (listed["last_read_seq"], listed["unread_count"]) == (12, 18)


def test_fully_read_conversation_shows_its_last_message(pair: Pair, bob: Person) -> None:
    hers, his = pair
    conversation = hers.creates(bob)
    last = hers.says("one", to=conversation)
    his.sends_without_reply("read_receipt", messageId=f"{conversation}:1")

    listed = only(his)

    assert (listed["last_message"], listed["unread_count"]) == (last, 0)


def test_unused_numbers_are_not_unread(pair: Pair, bob: Person) -> None:
    hers, his = pair
    conversation = hers.creates(bob)
    hers.says("once", to=conversation)
    for _ in range(2):
        seal_gap(ConversationId(conversation), next_seq(ConversationId(conversation), START_MS))

    listed = only(his)

    assert (listed["last_seq"], listed["unread_count"]) == (3, 1)
    assert listed["last_message"]["seq"] == 1


# Pages.


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_the_pages_list_every_conversation_once(pair: Pair, limit: int) -> None:
    hers, _ = pair
    conversations = [hers.creates() for _ in range(7)]

    pages = all_pages(hers, limit=limit)

    listed = [each["conversation_id"] for one in pages for each in one["items"]]
    assert sorted(listed) == sorted(conversations)
    assert max(len(each["items"]) for each in pages) <= limit


def test_page_fits_a_frame_for_any_content(pair: Pair) -> None:
    hers, _ = pair
    conversations = [hers.creates(title='"' * 128) for _ in range(30)]
    for conversation in conversations:
        hers.says("\x01" * 1000, to=conversation, clientMessageId="\x02" * 64)

    pages = all_pages(hers, limit=100)

    listed = [each["conversation_id"] for one in pages for each in one["items"]]
    assert sorted(listed) == sorted(conversations)
    assert len(pages) > 1


def test_cursor_continues_after_a_conversation_that_was_left(pair: Pair) -> None:
    hers, _ = pair
    conversations = sorted(hers.creates() for _ in range(4))
    first = page(hers, limit=2)
    for conversation in conversations[1:3]:
        hers.sends("leave_conversation", conversationId=conversation)

    second = page(hers, limit=2, cursor=first["cursor"])

    assert [each["conversation_id"] for each in second["items"]] == [conversations[3]]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"limit": 0}, "data.limit"),
        ({"limit": 101}, "data.limit"),
        ({"conversation_ids": []}, "data.conversation_ids"),
        ({"conversation_ids": ["general"] * 51}, "data.conversation_ids"),
        ({"cursor": 1}, "data.cursor"),
        ({"cursor": None}, "data.cursor"),
        ({"cursor": ""}, "data.cursor"),
        ({"cursor": "x" * 2049}, "data.cursor"),
        ({"cursor": "not one of ours"}, "data.cursor"),
        ({"cursor": "AAAA"}, "data.cursor"),
        ({"cursor": "é"}, "data.cursor"),
        ([], "data"),
    ],
    ids=lambda each: str(each)[:40],
)
def test_error_names_the_wrong_field(pair: Pair, data: object, field: str) -> None:
    hers, _ = pair

    refused = hers.is_rejected("bad_request", "list_conversations", data=data)

    assert refused["data"] == {"field": field}


def test_cursor_of_another_user_is_rejected(pair: Pair, bob: Person) -> None:
    hers, his = pair
    hers.creates(bob)
    cursor = page(hers, limit=1)["cursor"]

    refused = his.is_rejected("bad_request", "list_conversations", data={"cursor": cursor})

    assert refused["data"] == {"field": "data.cursor"}


def test_cursor_of_another_list_is_rejected(pair: Pair, bob: Person) -> None:
    hers, _ = pair
    conversation = ConversationId(hers.creates(bob))
    members = hers.sends("list_members", conversationId=conversation, data={"limit": 1})

    refused = hers.is_rejected(
        "bad_request", "list_conversations", data={"cursor": members["data"]["cursor"]}
    )

    assert refused["data"] == {"field": "data.cursor"}


def test_modified_cursor_is_rejected(pair: Pair) -> None:
    hers, _ = pair
    hers.creates()
    cursor = page(hers, limit=1)["cursor"]
    changed = [
        cursor[:place] + ("A" if letter != "A" else "B") + cursor[place + 1 :]
        for place, letter in enumerate(cursor.rstrip("="))
    ]

    replies = [hers.sends("list_conversations", data={"cursor": each}) for each in changed]

    assert {each.get("code") for each in replies} == {"bad_request"}
