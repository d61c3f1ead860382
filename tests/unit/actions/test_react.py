"""Reacting to a message: who may, what everybody is pushed, and what is stored."""

from typing import Any

import pytest

from chat.protocol.ids import ConversationId
from chat.storage.reactions import MAX_REACTIONS_OF_MESSAGE, MAX_REACTIONS_OF_USER
from testing.injection import inject_before
from testing.invariants import check_invariants, rows
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame
from tests.unit.actions.history_pages import page

type Room = tuple[Client, Client, ConversationId]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give alice and bob in a group, in which alice has sent message 1."""
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = ConversationId(hers.creates(bob))
    hers.says("Hello", to=conversation)
    his.discards_received()
    return hers, his, conversation


def reacts(client: Client, conversation: str, reaction: str = "👍", *, is_on: bool = True) -> Frame:
    data = {"reaction": reaction, "is_on": is_on}
    return client.sends("react", messageId=f"{conversation}:1", data=data)


def is_rejected(client: Client, conversation: str, code: str, **data: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
    asked = {"reaction": "👍", "is_on": True, **data}
    return client.is_rejected(code, "react", messageId=f"{conversation}:1", data=asked)


def shown(client: Client, conversation: str) -> list[tuple[str, int, list[str]]]:
    """Read the reactions that the first message shows."""
    [message, *_] = page(client, conversation)["messages"]
    items = message["reactions"]["items"]
    return [(each["reaction"], each["count"], each["users"]) for each in items]


def last_seq(conversation: str) -> int:
    [row] = [row for row in rows("ConversationsTable") if row["conversation_id"] == conversation]
    seq: int = row["last_seq"]
    return seq


def test_reaction_is_answered_and_pushed_with_all_reactions(room: Room) -> None:
    hers, his, conversation = room

    reply = his.sends(
        "react",
        messageId=f"{conversation}:1",
        data={"reaction": "👍", "is_on": True},
        requestId="r-1",
    )

    data = {
        "conversation_id": conversation,
        "seq": 2,
        "message_id": f"{conversation}:1",
        "change": "reacted",
        "by": {"user_id": "user-bob", "username": "bob"},
        "at": "2026-11-22T18:19:14.123Z",
        "reaction": "👍",
        "is_on": True,
        "reactions": {
            "version": 2,
            "total": 1,
            "items": [{"reaction": "👍", "count": 1, "users": ["bob"]}],
        },
    }
    assert reply == {"type": "message_changed", "requestId": "r-1", "data": data}
    assert hers.receives("message_changed") == data
    hers.receives_nothing()
    his.receives_nothing()
    check_invariants(hers.simulation)


def test_message_shows_the_first_three_users_of_each_reaction_in_their_order(
    room: Room, simulation: Simulation
) -> None:
    hers, his, conversation = room
    named = [Person(simulation, name) for name in ("zoe", "carol", "dave")]
    others = [each.logs_in() for each in named]
    hers.sends(
        "add_members",
        conversationId=conversation,
        data={"members": [each.user.username for each in named]},
    )
    for client, reaction in [(his, "🎉"), *((each, "👍") for each in (*others, hers))]:
        simulation.advance_time(seconds=1)
        reacts(client, conversation, reaction)

    assert shown(his, conversation) == [
        ("🎉", 1, ["bob"]),
        ("👍", 4, ["zoe", "carol", "dave"]),
    ]


def test_reaction_that_is_taken_back_is_not_counted(room: Room) -> None:
    hers, his, conversation = room
    reacts(his, conversation)
    reacts(hers, conversation)

    reply = reacts(his, conversation, is_on=False)

    assert reply["data"]["reactions"]["total"] == 1
    assert shown(hers, conversation) == [("👍", 1, ["alice"])]
    check_invariants(hers.simulation)


@pytest.mark.parametrize("is_on", [True, False])
def test_reacting_again_takes_no_number_and_is_not_pushed(room: Room, *, is_on: bool) -> None:
    hers, his, conversation = room
    reacts(his, conversation)
    if not is_on:
        reacts(his, conversation, is_on=False)
    hers.discards_received()
    before, stored = last_seq(conversation), rows("ReactionsTable")

    reply = reacts(his, conversation, is_on=is_on)

    assert reply["data"]["reactions"]["total"] == is_on
    assert last_seq(conversation) == before
    assert rows("ReactionsTable") == stored
    hers.receives_nothing()


def test_what_was_never_given_is_taken_back_without_a_number(room: Room) -> None:
    _, his, conversation = room

    reply = reacts(his, conversation, is_on=False)

    assert reply["data"]["reactions"] == {"version": 0, "total": 0, "items": []}
    assert last_seq(conversation) == 1


def test_reaction_neither_lifts_a_conversation_nor_changes_its_preview(
    room: Room, simulation: Simulation
) -> None:
    hers, his, conversation = room
    [before] = hers.sends("list_conversations")["data"]["items"]
    simulation.advance_time(seconds=60)

    reacts(his, conversation)

    [after] = hers.sends("list_conversations")["data"]["items"]
    assert after == before | {"last_seq": 2}


@pytest.mark.parametrize(
    "reaction", ["", " ", "\u0000", "x" * 33, "👍" * 9, "\u200d", "e\u0301" * 17], ids=repr
)
def test_reaction_that_is_too_long_or_shows_nothing_is_rejected(room: Room, reaction: str) -> None:
    _, his, conversation = room

    is_rejected(his, conversation, "bad_request", reaction=reaction)

    assert rows("ReactionsTable") == []


def test_reaction_is_composed_before_it_is_measured_and_compared(room: Room) -> None:
    hers, his, conversation = room
    reacts(his, conversation, "e\u0301" * 16)

    reacts(hers, conversation, "\u00e9" * 16)

    assert shown(hers, conversation) == [("\u00e9" * 16, 2, ["alice", "bob"])]


def test_user_gives_a_message_five_different_reactions_at_most(room: Room) -> None:
    hers, his, conversation = room
    for number in range(MAX_REACTIONS_OF_USER):
        reacts(his, conversation, f"x{number}")
    hers.discards_received()

    is_rejected(his, conversation, "conflict", reaction="x5")

    assert len(shown(his, conversation)) == MAX_REACTIONS_OF_USER
    assert reacts(hers, conversation, "x5")["type"] == "message_changed"
    assert reacts(his, conversation, "x0")["type"] == "message_changed"
    check_invariants(his.simulation)


def test_message_has_twenty_different_reactions_at_most(room: Room, simulation: Simulation) -> None:
    hers, his, conversation = room
    people = [Person(simulation, f"user{number}") for number in range(4)]
    hers.sends(
        "add_members",
        conversationId=conversation,
        data={"members": [each.user.username for each in people]},
    )
    clients = [each.logs_in() for each in people]
    for number in range(MAX_REACTIONS_OF_MESSAGE):
        reacts(clients[number // MAX_REACTIONS_OF_USER], conversation, f"x{number}")

    is_rejected(his, conversation, "conflict", reaction="x20")

    assert reacts(his, conversation, "x0")["data"]["reactions"]["total"] == 21
    assert [each for each, _, _ in shown(his, conversation)] == [f"x{n}" for n in range(20)]
    check_invariants(his.simulation)


def test_deleted_message_takes_no_reaction_and_keeps_none(room: Room) -> None:
    hers, his, conversation = room
    reacts(his, conversation)
    reacts(hers, conversation, "🎉")

    hers.sends("delete_message", messageId=f"{conversation}:1")

    assert rows("ReactionsTable") == []
    is_rejected(his, conversation, "conflict")
    is_rejected(his, conversation, "conflict", is_on=False)
    assert rows("ReactionsTable") == []
    [message] = page(hers, conversation)["messages"]
    assert "reactions" not in message
    check_invariants(hers.simulation)


def test_missing_message_keeps_no_reaction(room: Room) -> None:
    _, his, conversation = room
    data = {"reaction": "👍", "is_on": True}

    his.is_rejected("not_a_member", "react", messageId=f"{conversation}:9", data=data)

    assert rows("ReactionsTable") == []


def test_reactions_in_a_big_room_are_stored_and_not_pushed(
    room: Room, simulation: Simulation
) -> None:
    hers, his, conversation = room
    simulation.services = simulation.with_limits(big_room_connections=1)

    reacts(his, conversation)

    hers.receives_nothing()
    assert shown(hers, conversation) == [("👍", 1, ["bob"])]


def test_member_who_was_away_reads_the_reactions_once_as_they_are_now(room: Room) -> None:
    hers, his, conversation = room
    reacts(his, conversation)
    reacts(hers, conversation)
    reacts(his, conversation, "🎉")

    asked = page(hers, conversation, after_seq=1)

    [changed] = asked["changes"]
    assert changed["data"]["seq"] == 4
    assert changed["data"]["reactions"]["total"] == 3
    assert "reaction" not in changed["data"], "a number does not say which one"
    assert asked["messages"] == []


def test_edit_and_reaction_are_two_parts_of_a_message(room: Room) -> None:
    hers, his, conversation = room
    reacts(his, conversation)
    hers.sends("edit_message", messageId=f"{conversation}:1", data={"content": "Bye"})

    changes = page(hers, conversation, after_seq=1)["changes"]

    assert [each["data"]["change"] for each in changes] == ["reacted", "edited"]


def test_deleted_message_is_read_once_whatever_changed_of_it(room: Room) -> None:
    hers, his, conversation = room
    reacts(his, conversation)
    hers.sends("edit_message", messageId=f"{conversation}:1", data={"content": "Bye"})
    hers.sends("delete_message", messageId=f"{conversation}:1")

    changes = page(hers, conversation, after_seq=1)["changes"]

    assert [each["data"]["change"] for each in changes] == ["deleted"]


def test_message_sent_again_after_a_reaction_is_not_pushed_again(room: Room) -> None:
    hers, his, conversation = room
    sent = hers.says("Again", to=conversation, clientMessageId="c-1")
    his.sends("react", messageId=sent["message_id"], data={"reaction": "👍", "is_on": True})
    his.discards_received()

    again = hers.says("Again", to=conversation, clientMessageId="c-1")

    assert again["reactions"]["total"] == 1
    his.receives_nothing()


def test_message_that_fills_a_frame_leaves_out_who_reacted(room: Room) -> None:
    hers, his, conversation = room
    sent = hers.says("\u0000" * 5_200, to=conversation)
    for number in range(MAX_REACTIONS_OF_USER):
        data = {"reaction": "x" * 31 + str(number), "is_on": True}
        his.sends("react", messageId=sent["message_id"], data=data)

    [message] = page(hers, conversation, before_seq=3, limit=1)["messages"]

    assert message["reactions"] == {"version": 7, "total": MAX_REACTIONS_OF_USER, "items": []}


def test_member_removed_meanwhile_is_not_pushed_what_was_given_since(
    room: Room, simulation: Simulation, carol: Person
) -> None:
    hers, his, conversation = room
    carols = carol.logs_in()
    hers.sends("add_members", conversationId=conversation, data={"members": ["carol"]})
    carols.discards_received()

    def carol_is_removed_and_alice_reacts() -> None:
        hers.sends("remove_member", conversationId=conversation, data={"username": "carol"})
        carols.discards_received()
        reacts(hers, conversation, "🎉")

    with inject_before(simulation, "UpdateItem", carol_is_removed_and_alice_reacts):
        reply = reacts(his, conversation)

    assert reply["data"]["reactions"]["total"] == 2
    carols.receives_nothing()


def test_sender_removed_meanwhile_reads_no_later_reactions(
    room: Room, simulation: Simulation
) -> None:
    hers, his, conversation = room

    def bob_is_removed_and_alice_reacts() -> None:
        hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})
        reacts(hers, conversation, "🎉")

    with inject_before(simulation, "UpdateItem", bob_is_removed_and_alice_reacts):
        is_rejected(his, conversation, "not_a_member")
