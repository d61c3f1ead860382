"""What happens while a connection authenticates."""

from copy import replace

import pytest

from chat.protocol.ids import ConversationId
from chat.storage.connections import find_connection, open_session, sessions_of
from chat.storage.roster import read_roster
from chat.storage.users import refuse_older_tokens
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import PASSWORD_OF_ALL, Simulation

ALICE = {"username": "alice", "password": PASSWORD_OF_ALL}


@pytest.fixture
def hers(simulation: Simulation, alice: Person) -> Client:
    """Give a connection that is not authenticated yet."""
    return Client(simulation, simulation.connect(), alice.user)


def test_session_ended_before_it_joins_a_roster_is_rejected(
    alice: Person, bob: Person, hers: Client
) -> None:
    phone = alice.logs_in()
    conversation = phone.creates(bob)

    with inject_before(
        hers.simulation, "TransactWriteItems", lambda: phone.sends("sign_out"), after=1
    ):
        reply = hers.sends("authenticate", data=ALICE)

    assert (reply["type"], reply["code"]) == ("auth_error", "invalid_token")
    assert read_roster(ConversationId(conversation), hers.simulation.now_ms).entries == {}


def test_client_that_authenticates_twice_is_on_the_roster_though_the_later_function_died(
    simulation: Simulation, bob: Person, alice: Person, hers: Client
) -> None:
    his = bob.logs_in()
    conversation = his.creates(alice)

    def open_a_later_session() -> None:
        connection = find_connection(hers.connection_id)
        assert connection is not None
        assert connection.session is not None
        ends_at = connection.session.session_ends_at + 1
        assert open_session(replace(connection.session, session_ends_at=ends_at))

    with inject_before(simulation, "TransactWriteItems", open_a_later_session, after=1):
        reply = hers.sends("authenticate", data=ALICE)

    assert reply["type"] == "auth_success"
    his.says("Hello", to=conversation)
    assert hers.receives("chat_message")["content"] == "Hello"


def test_session_that_expires_while_renewed_counts_as_a_new_one(
    simulation: Simulation, alice: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=1, session_seconds=600)
    hers.sends("authenticate", data=ALICE)
    simulation.advance_time(seconds=599)

    def take_the_place() -> None:
        simulation.advance_time(seconds=1)
        alice.logs_in()

    with inject_before(simulation, "TransactWriteItems", take_the_place):
        hers.is_rejected("conflict", "authenticate", data=ALICE)

    assert len(sessions_of(hers.user.user_id, simulation.now_ms)) == 1


def test_rejected_connection_leaves_no_row_while_its_user_is_added(
    simulation: Simulation, alice: Person, bob: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=1)
    her_phone, his = alice.logs_in(), bob.logs_in()
    conversation = his.creates()

    def add() -> None:
        his.sends("add_members", conversationId=conversation, data={"members": ["alice"]})

    with inject_before(simulation, "TransactWriteItems", add, after=1):
        hers.is_rejected("conflict", "authenticate", data=ALICE)

    roster = read_roster(ConversationId(conversation), simulation.now_ms)
    assert set(roster.entries) == {his.connection_id, her_phone.connection_id}


def test_sign_out_while_authenticating_rejects_the_session(
    hers: Client,
) -> None:
    def sign_out() -> None:
        refuse_older_tokens(hers.user.username)

    with inject_before(hers.simulation, "TransactWriteItems", sign_out):
        reply = hers.sends("authenticate", data=ALICE)

    assert (reply["type"], reply["code"]) == ("auth_error", "invalid_token")
    hers.is_rejected("not_authenticated", "list_conversations")
