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


def is_told(frame: Frame, code: str) -> None:
    assert (frame["type"], frame["code"]) == ("auth_error", code), frame


# What it answers.


def test_a_password_is_answered_with_who_one_is_and_a_token(hers: Client) -> None:
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


def test_a_connection_that_is_not_known_is_too_late(simulation: Simulation, alice: Person) -> None:
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
    hers.simulation.passes(seconds=400)

    renewed = hers.sends("authenticate", data={"token": token})

    assert renewed["data"]["expires_at"] == "2026-11-22T18:35:54.000Z"
    assert renewed["data"]["token"] != token
    hers.simulation.passes(seconds=400)
    assert hers.says("still here", to=conversation)["seq"] == 1


def test_authenticating_again_as_another_user_is_refused_and_changes_nothing(
    hers: Client,
    bob: Person,  # noqa: ARG001 -- to be there
) -> None:
    hers.sends("authenticate", data=ALICE)

    reply = hers.sends("authenticate", data={"username": "bob", "password": PASSWORD_OF_ALL})

    is_told(reply, "already_authenticated")
    conversation = hers.creates()
    assert hers.says("It is me", to=conversation)["username"] == "alice"


def test_a_wrong_guess_leaves_a_session_as_it_is(hers: Client) -> None:
    hers.sends("authenticate", data=ALICE)

    hers.sends("authenticate", data={"username": "alice", "password": "a guess"})

    assert hers.sends("list_conversations")["type"] == "conversations"


def test_a_session_that_ran_out_goes_on_without_reconnecting(hers: Client, bob: Person) -> None:
    hers.simulation.services = hers.simulation.with_limits(session_seconds=600)
    hers.sends("authenticate", data=ALICE)
    conversation = hers.creates(bob)
    hers.simulation.passes(seconds=600)
    hers.is_refused("auth_expired", "list_conversations")

    hers.sends("authenticate", data=ALICE)

    assert hers.says("back again", to=conversation)["seq"] == 1


# The roster.


def test_whoever_authenticates_is_told_of_every_conversation_of_theirs(
    alice: Person, bob: Person
) -> None:
    his = bob.arrives()
    conversations = [his.creates(alice) for _ in range(30)]

    hers = alice.arrives()

    for each in conversations:
        his.says("Hello", to=each)
    told = [hers.receives("chat_message")["conversation_id"] for _ in conversations]
    assert told == conversations


# How many connections a user may have.


def test_a_user_has_no_more_connections_than_the_deployment_says(
    simulation: Simulation, alice: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=2)
    for _ in range(2):
        alice.arrives()

    hers.is_refused("conflict", "authenticate", data=ALICE)

    hers.is_refused("not_authenticated", "list_conversations")
    assert len(sessions_of(hers.user.user_id, simulation.now_ms)) == 2


def test_connections_of_others_take_nobodys_place(
    simulation: Simulation, bob: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=1)
    bob.arrives()

    reply = hers.sends("authenticate", data=ALICE)

    assert reply["type"] == "auth_success"


def test_whoever_closes_a_connection_makes_room(
    simulation: Simulation, alice: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=1)
    other = alice.arrives()
    hers.is_refused("conflict", "authenticate", data=ALICE)

    other.closes()

    assert hers.sends("authenticate", data=ALICE)["type"] == "auth_success"


def test_a_connection_whose_session_ran_out_takes_no_place(
    simulation: Simulation, alice: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=1, session_seconds=600)
    alice.arrives()
    simulation.passes(seconds=600)

    reply = hers.sends("authenticate", data=ALICE)

    assert reply["type"] == "auth_success"


@pytest.mark.parametrize("seconds_left", [0, 1, 60, 599])
def test_a_session_at_the_last_place_is_renewed(
    simulation: Simulation, alice: Person, hers: Client, seconds_left: int
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=2, session_seconds=600)
    hers.sends("authenticate", data=ALICE)
    simulation.passes(seconds=600 - seconds_left)
    alice.arrives()

    renewed = hers.sends("authenticate", data=ALICE)

    assert renewed["type"] == "auth_success"


def test_who_is_in_stays_in_when_fewer_are_allowed(
    simulation: Simulation, alice: Person, hers: Client
) -> None:
    alice.arrives()
    hers.sends("authenticate", data=ALICE)
    simulation.services = simulation.with_limits(connections_per_user=1)

    renewed = hers.sends("authenticate", data=ALICE)

    assert renewed["type"] == "auth_success"


def test_who_is_refused_for_too_many_connections_has_not_failed_to_authenticate(
    simulation: Simulation, alice: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=1)
    alice.arrives()
    simulation.waiting.clear()

    for _ in range(5):
        hers.is_refused("conflict", "authenticate", data=ALICE)

    assert simulation.waiting.deadlines == []
    assert find_connection(hers.connection_id) is not None


def test_who_is_refused_for_too_many_connections_is_told_of_nothing(
    simulation: Simulation, alice: Person, bob: Person, hers: Client
) -> None:
    simulation.services = simulation.with_limits(connections_per_user=1)
    her_phone = alice.arrives()
    conversation = her_phone.creates(bob)
    hers.is_refused("conflict", "authenticate", data=ALICE)

    her_phone.says("Hello", to=conversation)

    hers.receives_nothing()
