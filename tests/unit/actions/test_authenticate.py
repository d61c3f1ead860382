import pytest

from chat.protocol.ids import ConnectionId
from chat.storage.connections import find_connection, sessions_of
from testing.people import Client, Person
from testing.simulation import PASSWORD_OF_ALL, Simulation
from testing.sockets import Frame

ALICE = {"username": "alice", "password": PASSWORD_OF_ALL}
HALF_A_DAY_LATER = "2026-11-23T06:19:14.000Z"


@pytest.fixture
def hers(simulation: Simulation, alice: Person) -> Client:
    """Give a connection that is not authenticated yet."""
    return Client(simulation, simulation.connect(), alice.user)


def assert_auth_error(frame: Frame, code: str) -> None:
    assert (frame["type"], frame["code"]) == ("auth_error", code), frame


# Replies.


def test_password_login_returns_the_user_and_a_token(hers: Client) -> None:
    reply = hers.sends("authenticate", data=ALICE, requestId="r-1")

    token = reply["data"].pop("token")
    assert reply == {
        "type": "auth_success",
        "requestId": "r-1",
        "data": {"user_id": "user-alice", "username": "alice", "expires_at": HALF_A_DAY_LATER},
    }
    assert isinstance(token, str)


def test_the_token_authenticates_another_connection(hers: Client) -> None:
    token = hers.sends("authenticate", data=ALICE)["data"]["token"]
    back = Client(hers.simulation, hers.simulation.connect(), hers.user)

    reply = back.sends("authenticate", data={"token": token})

    assert reply["type"] == "auth_success"
    assert reply["data"]["username"] == "alice"
    assert back.sends("list_conversations")["type"] == "conversations"


def test_a_session_lasts_as_long_as_the_deployment_says(hers: Client) -> None:
    hers.simulation.services = hers.simulation.with_limits(session_seconds=60)

    reply = hers.sends("authenticate", data=ALICE)

    assert reply["data"]["expires_at"] == "2026-11-22T18:20:14.000Z"


def test_unknown_connection_gets_auth_timeout(simulation: Simulation, alice: Person) -> None:
    late = Client(simulation, ConnectionId("never-connected="), alice.user)

    reply = late.sends("authenticate", data=ALICE)

    assert (reply["type"], reply["code"]) == ("error", "auth_timeout")


# Authenticating again.


def test_authenticating_again_as_the_same_user_renews_the_session(
    hers: Client, bob: Person
) -> None:
    hers.simulation.services = hers.simulation.with_limits(session_seconds=600)
    token = hers.sends("authenticate", data=ALICE)["data"]["token"]
    conversation = hers.creates(bob)
    hers.simulation.advance_time(seconds=400)

    renewed = hers.sends("authenticate", data={"token": token})

    assert renewed["data"]["expires_at"] == "2026-11-22T18:35:54.000Z"
    assert renewed["data"]["token"] != token
    hers.simulation.advance_time(seconds=400)
    assert hers.says("still here", to=conversation)["seq"] == 1


def test_authenticating_as_another_user_is_rejected_and_changes_nothing(
    hers: Client,
    bob: Person,  # noqa: ARG001 -- to be there
) -> None:
    hers.sends("authenticate", data=ALICE)

    reply = hers.sends("authenticate", data={"username": "bob", "password": PASSWORD_OF_ALL})

    assert_auth_error(reply, "already_authenticated")
    conversation = hers.creates()
    assert hers.says("It is me", to=conversation)["username"] == "alice"


def test_wrong_password_leaves_the_session_unchanged(hers: Client) -> None:
    hers.sends("authenticate", data=ALICE)

    hers.sends("authenticate", data={"username": "alice", "password": "a guess"})

    assert hers.sends("list_conversations")["type"] == "conversations"


def test_expired_session_is_renewed_on_the_same_connection(hers: Client, bob: Person) -> None:
    hers.simulation.services = hers.simulation.with_limits(session_seconds=600)
    hers.sends("authenticate", data=ALICE)
    conversation = hers.creates(bob)
    hers.simulation.advance_time(seconds=600)
    hers.is_rejected("auth_expired", "list_conversations")

    hers.sends("authenticate", data=ALICE)

    assert hers.says("back again", to=conversation)["seq"] == 1


# The roster.


def test_authenticated_connection_receives_messages_of_all_its_conversations(
    alice: Person, bob: Person
) -> None:
    his = bob.logs_in()
    conversations = [his.creates(alice) for _ in range(30)]

    hers = alice.logs_in()

    for each in conversations:
        his.says("Hello", to=each)
    event = [hers.receives("chat_message")["conversation_id"] for _ in conversations]
    assert event == conversations


# Connections per user.


def test_connections_per_user_are_limited(
    simulation: Simulation, alice: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=2)
    for _ in range(2):
        alice.logs_in()

    hers.is_rejected("conflict", "authenticate", data=ALICE)

    hers.is_rejected("not_authenticated", "list_conversations")
    assert len(sessions_of(hers.user.user_id, simulation.now_ms)) == 2


def test_connections_of_other_users_do_not_count(
    simulation: Simulation, bob: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=1)
    bob.logs_in()

    reply = hers.sends("authenticate", data=ALICE)

    assert reply["type"] == "auth_success"


def test_closing_a_connection_makes_room_for_another(
    simulation: Simulation, alice: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=1)
    other = alice.logs_in()
    hers.is_rejected("conflict", "authenticate", data=ALICE)

    other.closes()

    assert hers.sends("authenticate", data=ALICE)["type"] == "auth_success"


def test_expired_session_does_not_count_toward_the_limit(
    simulation: Simulation, alice: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=1, session_seconds=600)
    alice.logs_in()
    simulation.advance_time(seconds=600)

    reply = hers.sends("authenticate", data=ALICE)

    assert reply["type"] == "auth_success"


@pytest.mark.parametrize("seconds_left", [0, 1, 60, 599])
def test_session_is_renewed_at_the_limit(
    simulation: Simulation, alice: Person, hers: Client, seconds_left: int
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=2, session_seconds=600)
    hers.sends("authenticate", data=ALICE)
    simulation.advance_time(seconds=600 - seconds_left)
    alice.logs_in()

    renewed = hers.sends("authenticate", data=ALICE)

    assert renewed["type"] == "auth_success"


def test_existing_session_is_renewed_after_the_limit_is_lowered(
    simulation: Simulation, alice: Person, hers: Client
) -> None:
    alice.logs_in()
    hers.sends("authenticate", data=ALICE)
    simulation.services = simulation.with_limits(connections_per_user=1)

    renewed = hers.sends("authenticate", data=ALICE)

    assert renewed["type"] == "auth_success"


def test_rejection_for_too_many_connections_is_no_failed_login(
    simulation: Simulation, alice: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=1)
    alice.logs_in()
    simulation.queues.clear()

    for _ in range(5):
        hers.is_rejected("conflict", "authenticate", data=ALICE)

    assert simulation.queues.deadlines == []
    assert find_connection(hers.connection_id) is not None


def test_connection_over_the_limit_receives_nothing(
    simulation: Simulation, alice: Person, bob: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=1)
    her_phone = alice.logs_in()
    conversation = her_phone.creates(bob)
    hers.is_rejected("conflict", "authenticate", data=ALICE)

    her_phone.says("Hello", to=conversation)

    hers.receives_nothing()
