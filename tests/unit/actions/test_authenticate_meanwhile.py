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


def test_whoever_is_added_while_authenticating_is_told_of_what_is_said(
    alice: Person, bob: Person, hers: Client
) -> None:
    his = bob.arrives()
    conversation = his.creates()

    def add() -> None:
        his.sends("add_members", conversationId=conversation, data={"members": ["alice"]})

    with inject_before(alice.simulation, "TransactWriteItems", add):
        hers.sends("authenticate", data=ALICE)

    hers.forgets()
    his.says("Hello", to=conversation)
    assert hers.receives("chat_message")["content"] == "Hello"


def test_whoever_is_signed_out_everywhere_while_authenticating_stays_outside(
    hers: Client,
) -> None:
    def sign_out() -> None:
        refuse_older_tokens(hers.user.username)

    with inject_before(hers.simulation, "TransactWriteItems", sign_out):
        reply = hers.sends("authenticate", data=ALICE)

    assert (reply["type"], reply["code"]) == ("auth_error", "invalid_token")
    hers.is_refused("not_authenticated", "list_conversations")


def test_a_session_that_ends_before_it_is_on_a_roster_is_refused(
    alice: Person, bob: Person, hers: Client
) -> None:
    phone = alice.arrives()
    conversation = phone.creates(bob)

    with inject_before(
        hers.simulation, "TransactWriteItems", lambda: phone.sends("sign_out"), after=1
    ):
        reply = hers.sends("authenticate", data=ALICE)

    assert (reply["type"], reply["code"]) == ("auth_error", "invalid_token")
    assert read_roster(ConversationId(conversation), hers.simulation.now_ms).entries == {}


def test_a_client_that_authenticates_twice_is_on_the_roster_though_the_later_function_stopped(
    simulation: Simulation, bob: Person, alice: Person, hers: Client
) -> None:
    his = bob.arrives()
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


def test_a_session_that_ends_while_it_is_renewed_does_not_keep_its_place(
    simulation: Simulation, alice: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=1, session_seconds=600)
    hers.sends("authenticate", data=ALICE)
    simulation.passes(seconds=599)

    def take_the_place() -> None:
        simulation.passes(seconds=1)
        alice.arrives()

    with inject_before(simulation, "TransactWriteItems", take_the_place):
        hers.is_refused("conflict", "authenticate", data=ALICE)

    assert len(sessions_of(hers.user.user_id, simulation.now_ms)) == 1


def test_a_connection_refused_while_its_user_is_added_leaves_no_row(
    simulation: Simulation, alice: Person, bob: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=1)
    her_phone, his = alice.arrives(), bob.arrives()
    conversation = his.creates()

    def add() -> None:
        his.sends("add_members", conversationId=conversation, data={"members": ["alice"]})

    with inject_before(simulation, "TransactWriteItems", add, after=1):
        hers.is_refused("conflict", "authenticate", data=ALICE)

    roster = read_roster(ConversationId(conversation), simulation.now_ms)
    assert set(roster.entries) == {his.connection_id, her_phone.connection_id}
