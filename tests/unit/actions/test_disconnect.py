import pytest

from chat.protocol.ids import ConnectionId, ConversationId
from chat.storage.connections import find_connection, sessions_of
from chat.storage.roster import read_roster
from testing.people import Client, Person
from testing.simulation import Simulation

type Room = tuple[Client, Client, str]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    hers, his = alice.arrives(), bob.arrives()
    conversation = hers.creates(bob)
    return hers, his, conversation


def test_a_connection_is_forgotten_everywhere(simulation: Simulation, room: Room) -> None:
    hers, his, conversation = room

    his.closes()

    assert find_connection(his.connection_id) is None
    assert sessions_of(his.user.user_id, simulation.now_ms) == []
    roster = read_roster(ConversationId(conversation), simulation.now_ms)
    assert set(roster.entries) == {hers.connection_id}


def test_the_users_other_connections_go_on(room: Room, bob: Person) -> None:
    hers, his, conversation = room
    his_phone = bob.arrives()

    his.closes()

    hers.says("Hello", to=conversation)
    assert his_phone.receives("chat_message")["content"] == "Hello"


def test_nothing_is_pushed_to_a_connection_that_said_goodbye(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    his.closes()

    hers.says("Hello", to=conversation)

    assert "PushGone" not in simulation.counted


def test_a_connection_that_never_authenticated_is_forgotten(simulation: Simulation) -> None:
    connection_id = simulation.connect()

    simulation.disconnect(connection_id)

    assert find_connection(connection_id) is None


def test_a_disconnection_that_is_told_twice_does_no_harm(
    simulation: Simulation, room: Room
) -> None:
    hers, his, conversation = room
    his.closes()

    answer = simulation.invoke("$disconnect", his.connection_id)

    assert answer == {"statusCode": 200}
    assert hers.says("Hello", to=conversation)["seq"] == 1


def test_a_disconnection_of_nobody_does_no_harm(simulation: Simulation) -> None:
    answer = simulation.invoke("$disconnect", ConnectionId("never-seen="))

    assert answer == {"statusCode": 200}
