"""Who may do what, asked of every frame that wants a member."""

from typing import Any

import pytest

from chat.protocol.ids import ConversationId
from chat.storage.memberships import find_membership
from chat.storage.roster import read_roster
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame

type Room = tuple[Client, Client, str]

# Each frame for a conversation, with what it says beside the conversation's id.
FRAMES: dict[str, Frame] = {
    "chat_message": {"data": {"content": "x"}},
    "typing": {},
    "read_receipt": {},
    "history": {},
    "add_members": {"data": {"members": ["carol"]}},
    "remove_member": {"data": {"username": "bob"}},
    "leave_conversation": {},
    "list_members": {},
}
OTHERS: dict[str, Frame] = {
    "list_conversations": {},
    "create_conversation": {"data": {"kind": "group", "members": []}},
    "heartbeat": {"data": {"positions": {"c": 0}}},
    "sign_out": {},
}

each_frame = pytest.mark.parametrize("type_", FRAMES)


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    hers, his = alice.arrives(), bob.arrives()
    conversation = hers.creates(bob)
    hers.says("one", to=conversation)
    his.forgets()
    return hers, his, conversation


def asks(client: Client, type_: str, conversation: str) -> Frame:
    where: dict[str, Any] = {"conversationId": conversation}
    if type_ == "read_receipt":
        where = {"messageId": f"{conversation}:1"}
    return client.sends(type_, **where, **FRAMES[type_], requestId="r-1")


def is_refused(reply: Frame, code: str) -> None:
    assert (reply["type"], reply["code"], reply["requestId"]) == ("error", code, "r-1")


@each_frame
def test_before_authenticating_nothing_is_done(
    simulation: Simulation, room: Room, type_: str
) -> None:
    hers, his, conversation = room
    stranger = Client(simulation, simulation.connect(), his.user)

    reply = asks(stranger, type_, conversation)

    is_refused(reply, "not_authenticated")
    hers.receives_nothing()
    his.receives_nothing()


@each_frame
def test_once_a_session_ran_out_nothing_is_done(
    simulation: Simulation, room: Room, bob: Person, type_: str
) -> None:
    hers, his, conversation = room
    simulation.services = simulation.with_limits(session_seconds=600)
    his_phone = bob.arrives()
    simulation.passes(seconds=600)

    reply = asks(his_phone, type_, conversation)

    is_refused(reply, "auth_expired")
    hers.receives_nothing()
    his.receives_nothing()


@each_frame
def test_outside_a_conversation_nothing_is_done(room: Room, carol: Person, type_: str) -> None:
    hers, his, conversation = room

    reply = asks(carol.arrives(), type_, conversation)

    is_refused(reply, "not_a_member")
    hers.receives_nothing()
    his.receives_nothing()


@each_frame
def test_a_conversation_that_does_not_exist_is_told_just_like_somebody_elses(
    room: Room, carol: Person, type_: str
) -> None:
    _, _, conversation = room
    outsider = carol.arrives()
    somebody_elses = asks(outsider, type_, conversation)

    reply = asks(outsider, type_, "no-such-conversation")

    assert reply == somebody_elses


@each_frame
def test_a_refused_outsider_is_not_put_on_the_roster(
    simulation: Simulation, room: Room, carol: Person, type_: str
) -> None:
    hers, his, conversation = room
    outsider = carol.arrives()

    asks(outsider, type_, conversation)

    roster = read_roster(ConversationId(conversation), simulation.now_ms)
    assert set(roster.entries) == {hers.connection_id, his.connection_id}
    assert find_membership(outsider.user.user_id, ConversationId(conversation)) is None


@pytest.mark.parametrize("type_", OTHERS)
def test_what_is_of_no_conversation_wants_a_session_too(simulation: Simulation, type_: str) -> None:
    reply = simulation.send(simulation.connect(), {"type": type_, **OTHERS[type_]})

    assert reply is not None
    assert (reply["type"], reply["code"]) == ("error", "not_authenticated")


@pytest.mark.parametrize("type_", OTHERS)
def test_what_is_of_no_conversation_wants_a_live_session(
    simulation: Simulation, alice: Person, type_: str
) -> None:
    simulation.services = simulation.with_limits(session_seconds=600)
    hers = alice.arrives()
    simulation.passes(seconds=600)

    reply = hers.sends(type_, **OTHERS[type_])

    assert (reply["type"], reply["code"]) == ("error", "auth_expired")


def test_a_receipt_for_what_is_no_message_wants_a_session_first(simulation: Simulation) -> None:
    reply = simulation.send(
        simulation.connect(), {"type": "read_receipt", "messageId": "no message"}
    )

    assert reply is not None
    assert reply["code"] == "not_authenticated"


def test_a_refused_connection_goes_on(room: Room) -> None:
    hers, his, conversation = room
    hers.is_refused("not_a_member", "typing", conversationId="no-such-conversation")

    hers.says("two", to=conversation)

    assert his.receives("chat_message")["content"] == "two"


# How often a minute.

CHARGED = {
    "history": ("history_per_minute", {"conversationId": "c"}),
    "list_conversations": ("lists_per_minute", {}),
    "list_members": ("lists_per_minute", {"conversationId": "c"}),
    "create_conversation": (
        "changes_per_minute",
        {"data": {"kind": "group", "members": []}},
    ),
    "add_members": (
        "changes_per_minute",
        {"conversationId": "c", "data": {"members": ["alice"]}},
    ),
    "remove_member": ("changes_per_minute", {"conversationId": "c", "data": {"username": "bob"}}),
    "leave_conversation": ("changes_per_minute", {"conversationId": "c"}),
}

each_charged = pytest.mark.parametrize(
    ("type_", "limit", "frame"), [(k, *v) for k, v in CHARGED.items()], ids=CHARGED.keys()
)


@each_charged
def test_a_connection_may_ask_only_so_often_a_minute(
    simulation: Simulation, alice: Person, type_: str, limit: str, frame: Frame
) -> None:
    simulation.services = simulation.with_limits(**{limit: 3})
    hers = alice.arrives()
    asked = [hers.sends(type_, **frame).get("code") for _ in range(3)]

    refused = hers.is_refused("rate_limited", type_, **frame)

    assert "rate_limited" not in asked
    # It is 14 seconds past the minute.
    assert refused["data"] == {"retry_after_seconds": 46}


@each_charged
def test_whoever_waits_as_long_as_they_are_told_may_ask_again(
    simulation: Simulation, alice: Person, type_: str, limit: str, frame: Frame
) -> None:
    simulation.services = simulation.with_limits(**{limit: 1})
    hers = alice.arrives()
    hers.sends(type_, **frame)
    refused = hers.is_refused("rate_limited", type_, **frame)

    simulation.passes(seconds=refused["data"]["retry_after_seconds"])

    assert hers.sends(type_, **frame).get("code") != "rate_limited"


def test_what_one_connection_asks_is_not_counted_for_another(
    simulation: Simulation, alice: Person
) -> None:
    simulation.services = simulation.with_limits(lists_per_minute=1)
    hers, phone = alice.arrives(), alice.arrives()
    hers.sends("list_conversations")

    reply = phone.sends("list_conversations")

    assert reply["type"] == "conversations"


def test_what_is_counted_apart_does_not_add_up(simulation: Simulation, alice: Person) -> None:
    simulation.services = simulation.with_limits(
        lists_per_minute=1, changes_per_minute=1, history_per_minute=1
    )
    hers = alice.arrives()
    hers.sends("list_conversations")
    conversation = hers.creates()

    reply = hers.sends("history", conversationId=conversation)

    assert reply["type"] == "history"


def test_a_message_is_not_counted_as_asking(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    simulation.services = simulation.with_limits(
        lists_per_minute=1, changes_per_minute=1, history_per_minute=1
    )

    seqs = [hers.says("x", to=conversation)["seq"] for _ in range(5)]

    assert seqs == [2, 3, 4, 5, 6]
