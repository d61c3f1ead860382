"""Adding members while something else happens to them or to the conversation."""

import pytest

from chat.protocol.ids import ConversationId
from chat.storage.roster import read_roster
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame

type Room = tuple[Client, Client, str]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give alice, who owns a group, and bob, who is a member of it."""
    hers, his = alice.arrives(), bob.arrives()
    conversation = hers.creates(bob, title="Lunch")
    his.forgets()
    return hers, his, conversation


def adds(client: Client, conversation: str, *names: str) -> Frame:
    reply = client.sends("add_members", conversationId=conversation, data={"members": names})
    assert reply["type"] == "members_added", reply
    added: Frame = reply["data"]
    return added


def test_an_owner_who_left_meanwhile_adds_nobody(room: Room, alice: Person, carol: Person) -> None:
    hers, _, conversation = room
    phone, theirs = alice.arrives(), carol.arrives()

    def leave() -> None:
        phone.sends("leave_conversation", conversationId=conversation)

    with inject_before(alice.simulation, "TransactWriteItems", leave):
        hers.is_refused(
            "not_a_member", "add_members", conversationId=conversation, data={"members": ["carol"]}
        )

    theirs.receives_nothing()


def test_somebody_added_twice_at_once_came_once(room: Room, alice: Person, carol: Person) -> None:
    hers, his, conversation = room
    phone, theirs = alice.arrives(), carol.arrives()

    with inject_before(
        alice.simulation, "TransactWriteItems", lambda: adds(phone, conversation, "carol")
    ):
        told = adds(hers, conversation, "carol")

    assert told["members"] == []
    his.receives("members_added")
    his.receives_nothing()
    theirs.receives("conversation_created")
    theirs.receives_nothing()


def test_adding_again_makes_up_for_an_addition_that_stopped_half_way(
    room: Room, carol: Person
) -> None:
    hers, _, conversation = room
    theirs = carol.arrives()

    def crash() -> None:
        raise SystemExit

    with inject_before(carol.simulation, "Query", crash), pytest.raises(SystemExit):
        adds(hers, conversation, "carol")

    adds(hers, conversation, "carol")

    roster = read_roster(ConversationId(conversation), carol.simulation.now_ms)
    assert theirs.connection_id in roster.entries


def test_somebody_added_while_leaving_is_told_of_what_is_said(
    simulation: Simulation, room: Room, carol: Person
) -> None:
    hers, his, conversation = room
    theirs = carol.arrives()
    adds(hers, conversation, "carol")
    asked: list[Frame] = []

    def add_again(connection_id: str) -> None:
        if connection_id == theirs.connection_id and not asked:
            asked.append(adds(hers, conversation, "bob"))

    simulation.sockets.fault = add_again
    his.sends("leave_conversation", conversationId=conversation)

    his.forgets()
    hers.says("Welcome back", to=conversation)
    assert his.receives("chat_message")["content"] == "Welcome back"
