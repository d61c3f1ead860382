import pytest

from chat.actions.session_end import end_sessions
from chat.protocol.ids import ConnectionId, ConversationId
from chat.push.outcome import Outcome
from chat.storage.connections import find_connection, sessions_of
from chat.storage.roster import read_roster
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import PASSWORD_OF_ALL, Simulation

type Room = tuple[Client, Client, Client, str]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    """Give alice at two clients, bob, and a conversation of theirs."""
    hers, phone, his = alice.arrives(), alice.arrives(), bob.arrives()
    conversation = hers.creates(bob)
    for client in (phone, his):
        client.forgets()
    return hers, phone, his, conversation


def test_the_asking_connection_is_told_by_the_reply(room: Room) -> None:
    hers, *_ = room

    reply = hers.sends("sign_out", requestId="r-1")

    assert reply == {"type": "signed_out", "requestId": "r-1", "data": {"reason": "sign_out"}}
    hers.receives_nothing()


def test_the_asking_connection_alone_stays_open(simulation: Simulation, room: Room) -> None:
    hers, phone, his, _ = room

    hers.sends("sign_out")

    assert phone.receives("signed_out") == {"reason": "sign_out"}
    assert simulation.sockets.open == {hers.connection_id, his.connection_id}


def test_the_asking_connection_is_nobodys_from_then_on(room: Room) -> None:
    hers, _, _, conversation = room

    hers.sends("sign_out")

    for refused in (
        hers.sends("list_conversations"),
        hers.sends("chat_message", conversationId=conversation, data={"content": "x"}),
        hers.sends("typing", conversationId=conversation),
        hers.sends("sign_out"),
    ):
        assert refused["code"] == "not_authenticated"


def test_nothing_said_later_reaches_any_connection_of_the_user(room: Room) -> None:
    hers, phone, his, conversation = room
    hers.sends("sign_out")
    phone.forgets()

    his.says("Are you there?", to=conversation)

    hers.receives_nothing()
    phone.receives_nothing()


def test_nobody_else_authenticates_on_the_asking_connection(room: Room) -> None:
    hers, *_ = room
    hers.sends("sign_out")

    reply = hers.sends("authenticate", data={"username": "bob", "password": PASSWORD_OF_ALL})

    assert (reply["type"], reply["code"]) == ("auth_error", "already_authenticated")


def test_the_same_user_logs_in_again_on_the_asking_connection(room: Room) -> None:
    hers, _, his, conversation = room
    hers.sends("sign_out")

    reply = hers.sends("authenticate", data={"username": "alice", "password": PASSWORD_OF_ALL})

    assert reply["type"] == "auth_success"
    his.says("Welcome back", to=conversation)
    assert hers.receives("chat_message")["content"] == "Welcome back"


def test_a_login_while_signing_out_in_the_same_second_stays(
    simulation: Simulation, room: Room
) -> None:
    hers, _, his, conversation = room
    credentials = {"username": "alice", "password": PASSWORD_OF_ALL}

    with inject_before(
        simulation, "DeleteItem", lambda: hers.sends("authenticate", data=credentials)
    ):
        hers.sends("sign_out")

    his.says("Welcome back", to=conversation)
    assert hers.receives("chat_message")["content"] == "Welcome back"


def test_a_session_whose_sign_out_is_complete_signs_nobody_out(room: Room, alice: Person) -> None:
    hers, _, _, conversation = room
    hers.sends("sign_out")
    tablet = alice.arrives()

    hers.is_refused("not_authenticated", "sign_out")

    assert tablet.says("Still here", to=conversation)["seq"] == 1


@pytest.mark.parametrize("outcome", [Outcome.SLOW, Outcome.FAILED])
def test_a_connection_that_is_not_closed_is_closed_by_the_queue(
    simulation: Simulation, room: Room, outcome: Outcome
) -> None:
    hers, phone, *_ = room
    simulation.sockets.close_fault = lambda _: outcome
    hers.sends("sign_out")
    phone.is_refused("not_authenticated", "list_conversations")
    simulation.sockets.close_fault = lambda _: None

    [(connection_id, _)] = simulation.waiting.deadlines[-1:]
    simulation.consume("auth_deadline", f'{{"connection_id":"{connection_id}"}}')

    assert connection_id == phone.connection_id
    assert phone.connection_id not in simulation.sockets.open


def test_every_token_given_out_so_far_is_refused(simulation: Simulation, room: Room) -> None:
    hers, phone, *_ = room
    hers.sends("sign_out")

    replies = [
        Client(simulation, simulation.connect(), hers.user).sends(
            "authenticate", data={"token": token}
        )
        for token in (hers.token, phone.token)
    ]

    assert [each["code"] for each in replies] == ["invalid_token", "invalid_token"]


def test_a_token_given_out_later_is_good(simulation: Simulation, room: Room, alice: Person) -> None:
    hers, *_ = room
    hers.sends("sign_out")
    later = alice.arrives()

    reply = Client(simulation, simulation.connect(), hers.user).sends(
        "authenticate", data={"token": later.token}
    )

    assert reply["type"] == "auth_success"


def test_other_users_go_on(room: Room) -> None:
    hers, _, his, conversation = room

    hers.sends("sign_out")

    his.receives_nothing()
    assert his.says("Bye", to=conversation)["seq"] == 1


def test_who_is_not_authenticated_has_nothing_to_sign_out_of(simulation: Simulation) -> None:
    reply = simulation.send(simulation.connect(), {"type": "sign_out"})

    assert reply is not None
    assert reply["code"] == "not_authenticated"


def test_a_session_that_ran_out_signs_nobody_out(simulation: Simulation, alice: Person) -> None:
    simulation.services = simulation.with_limits(session_seconds=600)
    hers = alice.arrives()
    simulation.passes(seconds=600)

    hers.is_refused("auth_expired", "sign_out")


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.SLOW, Outcome.FAILED])
def test_a_connection_that_cannot_be_told_is_signed_out_all_the_same(
    simulation: Simulation, room: Room, outcome: Outcome
) -> None:
    hers, phone, _, _ = room
    simulation.sockets.fault = lambda _: outcome

    hers.sends("sign_out")

    phone.is_refused("not_authenticated", "list_conversations")


def test_a_message_sent_while_signing_out_is_the_last(simulation: Simulation, room: Room) -> None:
    hers, phone, his, conversation = room

    def say_something(connection_id: ConnectionId) -> None:
        if connection_id == phone.connection_id:
            simulation.sockets.fault = lambda _: None
            hers.says("One more thing", to=conversation)

    simulation.sockets.fault = say_something
    hers.sends("sign_out")

    hers.is_refused(
        "not_authenticated", "chat_message", conversationId=conversation, data={"content": "x"}
    )
    his.forgets()
    his.says("Are you there?", to=conversation)
    hers.receives_nothing()


def test_signing_out_that_stopped_half_way_can_be_asked_for_again(
    simulation: Simulation, room: Room
) -> None:
    hers, phone, _, _ = room

    def crash(_: ConnectionId) -> None:
        raise SystemExit

    simulation.sockets.fault = crash
    with pytest.raises(SystemExit):
        hers.sends("sign_out")
    simulation.sockets.fault = lambda _: None

    reply = hers.sends("sign_out")

    assert reply["type"] == "signed_out"
    hers.is_refused("not_authenticated", "list_conversations")
    phone.is_refused("not_authenticated", "list_conversations")


def test_an_operator_signs_out_every_connection_and_closes_them_all(
    simulation: Simulation, room: Room
) -> None:
    hers, phone, his, conversation = room

    end_sessions(hers.user, "password_changed", simulation.services)

    for client in (hers, phone):
        assert client.receives("signed_out") == {"reason": "password_changed"}
    assert simulation.sockets.open == {his.connection_id}
    assert sessions_of(hers.user.user_id, simulation.now_ms) == []
    roster = read_roster(ConversationId(conversation), simulation.now_ms)
    assert set(roster.entries) == {his.connection_id}


def test_the_asking_connection_stays_known(room: Room) -> None:
    hers, *_ = room

    hers.sends("sign_out")

    connection = find_connection(hers.connection_id)
    assert connection is not None
    assert connection.session is not None
    assert connection.session.has_ended
