import pytest

from chat.protocol.ids import ConnectionId, ConversationId
from chat.storage.connections import find_connection, sessions_of
from chat.storage.roster import read_roster
from testing.people import Client, Person
from testing.simulation import Simulation

type Group = tuple[Client, Client, str]


@pytest.fixture
def group(alice: Person, bob: Person) -> Group:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    return hers, his, conversation


def test_closed_connection_leaves_no_rows(simulation: Simulation, group: Group) -> None:
    hers, his, conversation = group

    his.closes()

    assert find_connection(his.connection_id) is None
    assert sessions_of(his.user.user_id, simulation.now_ms) == []
    roster = read_roster(ConversationId(conversation), simulation.now_ms)
    assert set(roster.entries) == {hers.connection_id}


def test_unauthenticated_connection_leaves_no_row(simulation: Simulation) -> None:
    connection_id = simulation.connect()

    simulation.disconnect(connection_id)

    assert find_connection(connection_id) is None


def test_repeated_disconnect_is_harmless(simulation: Simulation, group: Group) -> None:
    hers, his, conversation = group
    his.closes()

    answer = simulation.invoke("$disconnect", his.connection_id)

    assert answer == {"statusCode": 200}
    assert hers.says("Hello", to=conversation)["seq"] == 1


def test_disconnect_of_an_unknown_connection_is_harmless(simulation: Simulation) -> None:
    answer = simulation.invoke("$disconnect", ConnectionId("never-seen="))

    assert answer == {"statusCode": 200}
