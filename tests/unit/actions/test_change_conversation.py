"""Titles, pins and roles: who may change them, what everybody is pushed, and what the log has."""

from typing import Any

import pytest

from chat.protocol.ids import ConversationId
from testing.invariants import check_invariants
from testing.people import Client, Person
from testing.simulation import Simulation
from tests.unit.actions.history_pages import page

type Room = tuple[Client, Client, ConversationId]

MAX_PINS = 50
BOB = {"user_id": "user-bob", "username": "bob"}


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give alice and bob in a group of alice's, in which she has sent message 1."""
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = ConversationId(hers.creates(bob))
    hers.says("Hello", to=conversation)
    his.discards_received()
    return hers, his, conversation


def titles(client: Client, conversation: str, title: str) -> dict[str, Any]:
    reply = client.sends("set_title", conversationId=conversation, data={"title": title})
    data: dict[str, Any] = reply["data"]
    return data


def gives_role(client: Client, conversation: str, username: str, role: str) -> dict[str, Any]:
    data = {"username": username, "role": role}
    reply = client.sends("set_role", conversationId=conversation, data=data)
    changed: dict[str, Any] = reply["data"]
    return changed


def pins(client: Client, conversation: str, seq: int = 1, *, off: bool = False) -> dict[str, Any]:
    type_ = "unpin_message" if off else "pin_message"
    reply = client.sends(type_, messageId=f"{conversation}:{seq}")
    changed: dict[str, Any] = reply["data"]
    return changed


def pinned(client: Client, conversation: str) -> list[int]:
    reply = client.sends("get_messages", conversationId=conversation, data={"pinned": True})
    return [message["seq"] for message in reply["data"]["messages"]]


def rejects_role(client: Client, conversation: str, username: str, role: str, code: str) -> None:
    data = {"username": username, "role": role}
    client.is_rejected(code, "set_role", conversationId=conversation, data=data)


def test_a_new_title_is_answered_pushed_and_listed(room: Room) -> None:
    hers, his, conversation = room

    changed = titles(hers, conversation, " Plans ")

    assert (changed["change"], changed["title"], changed["seq"]) == ("renamed", "Plans", 2)
    assert his.receives("conversation_changed") == changed
    [listed] = his.sends("list_conversations")["data"]["items"]
    assert listed["title"] == "Plans"


def test_history_shows_the_last_title_once(room: Room) -> None:
    hers, his, conversation = room
    titles(hers, conversation, "First")
    titles(hers, conversation, "Second")

    [change] = page(his, conversation, after_seq=0)["changes"]

    assert (change["type"], change["data"]["seq"]) == ("conversation_changed", 3)
    assert change["data"]["title"] == "Second"


def test_the_title_that_it_has_takes_no_number(room: Room) -> None:
    hers, his, conversation = room
    titles(hers, conversation, "Plans")
    his.discards_received()

    changed = titles(hers, conversation, "Plans")

    assert "seq" not in changed
    his.receives_nothing()


@pytest.mark.parametrize(
    ("type_", "target"),
    [
        ("set_title", {"data": {"title": "Mine"}}),
        ("pin_message", {}),
        ("unpin_message", {}),
        ("set_role", {"data": {"username": "bob", "role": "owner"}}),
    ],
)
def test_a_member_may_change_nothing_of_it(room: Room, type_: str, target: dict[str, Any]) -> None:
    hers, his, conversation = room
    key = {"messageId": f"{conversation}:1"} if "pin" in type_ else {"conversationId": conversation}

    his.is_rejected("forbidden", type_, **key, **target)

    hers.receives_nothing()
    check_invariants(hers.simulation)


def test_a_stranger_is_not_a_member(room: Room, carol: Person) -> None:
    _, _, conversation = room
    stranger = carol.logs_in()

    stranger.is_rejected(
        "not_a_member", "set_title", conversationId=conversation, data={"title": "Mine"}
    )
    stranger.is_rejected("not_a_member", "pin_message", messageId=f"{conversation}:1")


def test_a_moderator_may_give_a_title_and_pin_but_no_role(room: Room) -> None:
    hers, his, conversation = room
    gives_role(hers, conversation, "bob", "moderator")

    titles(his, conversation, "Plans")
    pins(his, conversation)

    rejects_role(his, conversation, "bob", "owner", "forbidden")


def test_a_role_is_answered_pushed_and_found_in_history(room: Room) -> None:
    hers, his, conversation = room

    changed = gives_role(hers, conversation, "bob", "moderator")

    assert changed["change"] == "role"
    assert {key: changed[key] for key in (*BOB, "role")} == BOB | {"role": "moderator"}
    assert his.receives("conversation_changed") == changed
    [change] = page(his, conversation, after_seq=1)["changes"]
    assert change["data"] == changed


def test_the_only_owner_stays_owner(room: Room) -> None:
    hers, _, conversation = room

    rejects_role(hers, conversation, "alice", "member", "conflict")


def test_one_of_two_owners_may_become_a_member(room: Room) -> None:
    hers, his, conversation = room
    gives_role(hers, conversation, "bob", "owner")

    gives_role(hers, conversation, "alice", "member")

    rejects_role(his, conversation, "bob", "member", "conflict")
    check_invariants(hers.simulation)


def test_an_owner_who_leaves_another_owner_makes_nobody_owner(room: Room, carol: Person) -> None:
    hers, his, conversation = room
    theirs = carol.logs_in()
    hers.sends("add_members", conversationId=conversation, data={"members": ["carol"]})
    gives_role(hers, conversation, "carol", "owner")

    hers.sends("leave_conversation", conversationId=conversation)

    [bobs] = his.sends("list_conversations")["data"]["items"]
    assert bobs["role"] == "member"
    rejects_role(theirs, conversation, "carol", "member", "conflict")


def test_a_moderator_of_longest_standing_follows_the_only_owner(room: Room) -> None:
    hers, his, conversation = room
    gives_role(hers, conversation, "bob", "moderator")

    hers.sends("leave_conversation", conversationId=conversation)

    [listed] = his.sends("list_conversations")["data"]["items"]
    assert listed["role"] == "owner"


def test_pins_are_listed_and_taken_away(room: Room) -> None:
    hers, his, conversation = room
    hers.says("Two", to=conversation)
    pins(hers, conversation, 1)
    pins(hers, conversation, 2)

    assert pinned(his, conversation) == [2, 1]

    pins(hers, conversation, 2, off=True)

    assert pinned(his, conversation) == [1]


def test_what_is_pinned_already_takes_no_number(room: Room) -> None:
    hers, his, conversation = room
    pins(hers, conversation)
    his.discards_received()

    assert "seq" not in pins(hers, conversation)
    his.receives_nothing()


def test_a_deleted_message_is_neither_pinned_nor_shown_as_pinned(room: Room) -> None:
    hers, his, conversation = room
    pins(hers, conversation)
    hers.sends("delete_message", messageId=f"{conversation}:1")

    assert pinned(his, conversation) == []
    hers.sends("unpin_message", messageId=f"{conversation}:1")
    hers.is_rejected("conflict", "pin_message", messageId=f"{conversation}:1")


def test_a_conversation_has_fifty_pins_at_most(room: Room) -> None:
    hers, _, conversation = room
    for number in range(MAX_PINS):
        pins(hers, conversation, hers.says(f"number {number}", to=conversation)["seq"])

    hers.is_rejected("conflict", "pin_message", messageId=f"{conversation}:1")


def test_pins_of_deleted_messages_take_no_room(room: Room) -> None:
    hers, _, conversation = room
    seqs = [hers.says(f"number {each}", to=conversation)["seq"] for each in range(MAX_PINS)]
    for seq in seqs:
        pins(hers, conversation, seq)
    hers.sends("delete_message", messageId=f"{conversation}:{seqs[0]}")

    pins(hers, conversation, 1)

    assert pinned(hers, conversation) == [*reversed(seqs[1:]), 1]


def test_both_may_pin_in_a_direct_conversation_but_there_is_no_title(
    alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob, kind="direct")
    hers.says("Hello", to=conversation)

    pins(his, conversation)

    hers.is_rejected("conflict", "set_title", conversationId=conversation, data={"title": "Us"})
    assert pinned(hers, conversation) == [1]


def test_a_change_lifts_no_conversation_and_changes_no_preview(room: Room) -> None:
    hers, his, conversation = room
    [before] = his.sends("list_conversations")["data"]["items"]
    hers.simulation.advance_time(60)

    titles(hers, conversation, "Plans")
    pins(hers, conversation)

    [after] = his.sends("list_conversations")["data"]["items"]
    for field in ("last_activity_at", "last_message", "unread_count"):
        assert after[field] == before[field]


def test_a_heartbeat_shows_that_the_list_of_conversations_changed(room: Room) -> None:
    hers, his, _ = room
    first = his.sends("heartbeat", data={"inbox": 0})["data"]["inbox"]
    assert "inbox" not in his.sends("heartbeat", data={"inbox": first})["data"]

    other = hers.creates()
    hers.sends("add_members", conversationId=other, data={"members": ["bob"]})

    assert his.sends("heartbeat", data={"inbox": first})["data"]["inbox"] > first


def test_a_heartbeat_without_inbox_says_nothing_of_the_list(simulation: Simulation) -> None:
    client = Person(simulation, "dora").logs_in()

    assert "inbox" not in client.sends("heartbeat")["data"]
