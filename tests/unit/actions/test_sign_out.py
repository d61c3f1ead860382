import pytest

from chat.actions.session_end import end_sessions
from chat.protocol.ids import ConversationId
from chat.push.post import Outcome
from chat.storage.connections import sessions_of
from chat.storage.roster import read_roster
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import PASSWORD_OF_ALL, Simulation

type Group = tuple[Client, Client, Client, str]


@pytest.fixture
def group(alice: Person, bob: Person) -> Group:
    """Give alice at two clients, bob, and a conversation of theirs."""
    hers, phone, his = alice.logs_in(), alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    for client in (phone, his):
        client.discards_received()
    return hers, phone, his, conversation


def test_requesting_connection_gets_signed_out_as_its_reply(group: Group) -> None:
    hers, *_ = group

    reply = hers.sends("sign_out", requestId="r-1")

    assert reply == {"type": "signed_out", "requestId": "r-1", "data": {"reason": "sign_out"}}
    hers.receives_nothing()


def test_only_the_requesting_connection_stays_open(simulation: Simulation, group: Group) -> None:
    hers, phone, his, _ = group

    hers.sends("sign_out")

    assert phone.receives("signed_out") == {"reason": "sign_out"}
    assert simulation.sockets.open == {hers.connection_id, his.connection_id}


def test_requesting_connection_is_not_authenticated_afterwards(group: Group) -> None:
    hers, _, _, conversation = group

    hers.sends("sign_out")

    for refused in (
        hers.sends("list_conversations"),
        hers.sends("chat_message", conversationId=conversation, data={"content": "x"}),
        hers.sends("typing", conversationId=conversation),
        hers.sends("sign_out"),
    ):
        assert refused["code"] == "not_authenticated"


def test_another_user_cannot_authenticate_on_the_requesting_connection(group: Group) -> None:
    hers, *_ = group
    hers.sends("sign_out")

    reply = hers.sends("authenticate", data={"username": "bob", "password": PASSWORD_OF_ALL})

    assert (reply["type"], reply["code"]) == ("auth_error", "already_authenticated")


def test_same_user_can_log_in_again_on_the_requesting_connection(group: Group) -> None:
    hers, _, his, conversation = group
    hers.sends("sign_out")

    reply = hers.sends("authenticate", data={"username": "alice", "password": PASSWORD_OF_ALL})

    assert reply["type"] == "auth_success"
    his.says("Welcome back", to=conversation)
    assert hers.receives("chat_message")["content"] == "Welcome back"


def test_login_in_the_second_of_a_sign_out_stays_valid(
    simulation: Simulation, group: Group
) -> None:
    hers, _, his, conversation = group
    credentials = {"username": "alice", "password": PASSWORD_OF_ALL}

    with inject_before(
        simulation, "DeleteItem", lambda: hers.sends("authenticate", data=credentials)
    ):
        hers.sends("sign_out")

    his.says("Welcome back", to=conversation)
    assert hers.receives("chat_message")["content"] == "Welcome back"


def test_signed_out_session_cannot_sign_out_later_sessions(group: Group, alice: Person) -> None:
    hers, _, _, conversation = group
    hers.sends("sign_out")
    tablet = alice.logs_in()

    hers.is_rejected("not_authenticated", "sign_out")

    assert tablet.says("Still here", to=conversation)["seq"] == 1


@pytest.mark.parametrize("outcome", [Outcome.THROTTLED, Outcome.FAILED])
def test_queue_closes_a_connection_that_sign_out_could_not_close(
    simulation: Simulation, group: Group, outcome: Outcome
) -> None:
    hers, phone, *_ = group
    simulation.sockets.close_fault = lambda _: outcome
    hers.sends("sign_out")
    phone.is_rejected("not_authenticated", "list_conversations")
    simulation.sockets.close_fault = lambda _: None

    [(connection_id, _)] = simulation.queues.deadlines[-1:]
    simulation.consume("auth_deadline", f'{{"connection_id":"{connection_id}"}}')

    assert connection_id == phone.connection_id
    assert phone.connection_id not in simulation.sockets.open


def test_sign_out_revokes_every_issued_token(simulation: Simulation, group: Group) -> None:
    hers, phone, *_ = group
    hers.sends("sign_out")

    replies = [
        Client(simulation, simulation.connect(), hers.user).sends(
            "authenticate", data={"token": token}
        )
        for token in (hers.token, phone.token)
    ]

    assert [each["code"] for each in replies] == ["invalid_token", "invalid_token"]


def test_token_issued_after_a_sign_out_is_accepted(
    simulation: Simulation, group: Group, alice: Person
) -> None:
    hers, *_ = group
    hers.sends("sign_out")
    later = alice.logs_in()

    reply = Client(simulation, simulation.connect(), hers.user).sends(
        "authenticate", data={"token": later.token}
    )

    assert reply["type"] == "auth_success"


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.THROTTLED, Outcome.FAILED])
def test_unreachable_connection_is_signed_out_too(
    simulation: Simulation, group: Group, outcome: Outcome
) -> None:
    hers, phone, _, _ = group
    simulation.sockets.fault = lambda _: outcome

    hers.sends("sign_out")

    phone.is_rejected("not_authenticated", "list_conversations")


def test_an_operator_signs_out_every_connection_and_closes_them_all(
    simulation: Simulation, group: Group
) -> None:
    hers, phone, his, conversation = group

    end_sessions(hers.user, "password_changed", simulation.services)

    for client in (hers, phone):
        assert client.receives("signed_out") == {"reason": "password_changed"}
    assert simulation.sockets.open == {his.connection_id}
    assert sessions_of(hers.user.user_id, simulation.now_ms) == []
    roster = read_roster(ConversationId(conversation), simulation.now_ms)
    assert set(roster.entries) == {his.connection_id}
