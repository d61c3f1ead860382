"""How guesses at passwords are held up, and nobody else with them."""

import json
from functools import partial

import pytest

from chat.auth.lockout import FREE_ATTEMPTS
from chat.protocol.ids import ConnectionId
from testing.injection import inject_before
from testing.interleavings import random_order
from testing.people import Person
from testing.scheduler import Scheduler
from testing.simulation import PASSWORD_OF_ALL, Simulation
from testing.sockets import Frame

HERS, ELSEWHERE = "192.0.2.1", "198.51.100.7"


def shows(
    simulation: Simulation, password: str, *, name: str = "alice", address: str = HERS
) -> Frame:
    """Authenticate on a connection of its own."""
    frame = {"type": "authenticate", "data": {"username": name, "password": password}}
    reply = simulation.send(simulation.connect(address), frame)
    assert reply is not None
    return reply


def guesses(
    simulation: Simulation, times: int, *, name: str = "alice", address: str = HERS
) -> list[str]:
    return [
        shows(simulation, f"guess {n}", name=name, address=address)["code"] for n in range(times)
    ]


@pytest.fixture(autouse=True)
def alice_is_known(alice: Person) -> Person:
    return alice


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_from_the_sixth_guess_on_there_were_too_many(simulation: Simulation, name: str) -> None:
    codes = guesses(simulation, FREE_ATTEMPTS + 2, name=name)

    assert codes == ["invalid_credentials"] * FREE_ATTEMPTS + ["too_many_attempts"] * 2


def test_whoever_goes_on_guessing_waits_ever_longer(simulation: Simulation) -> None:
    guesses(simulation, FREE_ATTEMPTS)

    refused = [shows(simulation, "a guess") for _ in range(3)]

    assert {each["type"] for each in refused} == {"auth_error"}
    assert [each["data"]["retry_after_seconds"] for each in refused] == [60, 120, 240]


def test_the_right_password_is_not_even_looked_at_meanwhile(simulation: Simulation) -> None:
    guesses(simulation, FREE_ATTEMPTS)

    reply = shows(simulation, PASSWORD_OF_ALL)

    assert reply["code"] == "too_many_attempts"


def test_whoever_has_waited_as_long_as_they_were_told_gets_in(simulation: Simulation) -> None:
    guesses(simulation, FREE_ATTEMPTS)
    refused = shows(simulation, PASSWORD_OF_ALL)

    simulation.passes(seconds=refused["data"]["retry_after_seconds"])

    assert shows(simulation, PASSWORD_OF_ALL)["type"] == "auth_success"


def test_the_right_password_makes_up_for_wrong_ones(simulation: Simulation) -> None:
    guesses(simulation, FREE_ATTEMPTS - 1)
    shows(simulation, PASSWORD_OF_ALL)

    codes = guesses(simulation, FREE_ATTEMPTS)

    assert codes == ["invalid_credentials"] * FREE_ATTEMPTS


def test_nobody_is_locked_out_by_guesses_from_elsewhere(simulation: Simulation) -> None:
    guesses(simulation, FREE_ATTEMPTS + 3, address=ELSEWHERE)

    reply = shows(simulation, PASSWORD_OF_ALL)

    assert reply["type"] == "auth_success"


def test_nobody_is_locked_out_by_guesses_at_somebody_else(
    simulation: Simulation, bob: Person
) -> None:
    guesses(simulation, FREE_ATTEMPTS + 3, name=bob.user.username)

    reply = shows(simulation, PASSWORD_OF_ALL)

    assert reply["type"] == "auth_success"


def test_a_token_is_good_whatever_is_guessed(simulation: Simulation, alice: Person) -> None:
    token = alice.arrives().token
    guesses(simulation, FREE_ATTEMPTS + 3)

    reply = simulation.send(
        simulation.connect(), {"type": "authenticate", "data": {"token": token}}
    )

    assert reply is not None
    assert reply["type"] == "auth_success"


def test_guesses_at_one_user_from_everywhere_have_a_ceiling(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(failed_logins_per_user_per_hour=3)
    for last in range(3):
        guesses(simulation, 1, address=f"198.51.100.{last}")

    refused = shows(simulation, "a guess", address="198.51.100.99")

    assert refused["code"] == "too_many_attempts"
    simulation.passes(seconds=refused["data"]["retry_after_seconds"])
    assert shows(simulation, PASSWORD_OF_ALL)["type"] == "auth_success"


def test_guesses_of_one_network_at_everybody_have_a_ceiling(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(failed_logins_per_network_per_hour=3)
    for number in range(3):
        guesses(simulation, 1, name=f"somebody{number}")

    assert shows(simulation, "a guess", name="somebody else")["code"] == "too_many_attempts"
    assert shows(simulation, PASSWORD_OF_ALL, address=ELSEWHERE)["type"] == "auth_success"


def test_the_right_password_reaches_no_ceiling(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(
        failed_logins_per_user_per_hour=2, failed_logins_per_network_per_hour=2
    )

    replies = [shows(simulation, PASSWORD_OF_ALL)["type"] for _ in range(4)]

    assert replies == ["auth_success"] * 4


# Many at once.


def at_once(simulation: Simulation, passwords: list[str], seed: int) -> list[str]:
    """Show passwords on a connection each, their steps in some order; what each was answered."""
    ready = {str(place): partial(shows, simulation, each) for place, each in enumerate(passwords)}
    answers = Scheduler(simulation, random_order(seed)).run(ready)
    return [each.get("code", each["type"]) for each in answers.values()]


@pytest.mark.parametrize("seed", range(3))
def test_any_number_of_right_ones_at_once_get_in(simulation: Simulation, seed: int) -> None:
    answers = at_once(simulation, [PASSWORD_OF_ALL] * 10, seed)

    assert answers == ["auth_success"] * 10
    assert shows(simulation, PASSWORD_OF_ALL)["type"] == "auth_success"


@pytest.mark.parametrize("seed", range(3))
def test_wrong_ones_at_once_tell_no_more_than_wrong_ones_in_a_row(
    simulation: Simulation, seed: int
) -> None:
    answers = at_once(simulation, [f"guess {number}" for number in range(12)], seed)

    assert answers.count("invalid_credentials") == FREE_ATTEMPTS
    assert answers.count("too_many_attempts") == 12 - FREE_ATTEMPTS


@pytest.mark.parametrize("seed", range(5))
def test_a_right_one_among_many_is_let_in_only_before_too_many_wrong_ones(
    simulation: Simulation, seed: int
) -> None:
    passwords = [f"guess {number}" for number in range(12)]
    passwords[seed] = PASSWORD_OF_ALL

    answers = at_once(simulation, passwords, seed)

    is_in = answers[seed] == "auth_success"
    assert answers[seed] in {"auth_success", "too_many_attempts"}
    assert answers.count("invalid_credentials") <= FREE_ATTEMPTS * (1 + is_in)


@pytest.mark.parametrize("seed", range(3))
def test_wrong_ones_at_once_from_everywhere_have_their_ceiling(
    simulation: Simulation, seed: int
) -> None:
    simulation.services = simulation.with_limits(failed_logins_per_user_per_hour=3)
    ready = {
        str(last): partial(shows, simulation, "a guess", address=f"198.51.100.{last}")
        for last in range(8)
    }

    answers = Scheduler(simulation, random_order(seed)).run(ready)

    assert [each["code"] for each in answers.values()].count("invalid_credentials") == 3


def test_a_right_one_is_refused_if_too_many_were_wrong_while_it_was_verified(
    simulation: Simulation,
) -> None:
    with inject_before(simulation, "DeleteItem", lambda: guesses(simulation, FREE_ATTEMPTS)):
        reply = shows(simulation, PASSWORD_OF_ALL)

    assert reply["code"] == "too_many_attempts"


# One connection.


def fails(simulation: Simulation, connection_id: ConnectionId, times: int) -> None:
    for number in range(times):
        frame = {"type": "authenticate", "data": {"token": f"token {number}"}}
        simulation.send(connection_id, frame)


def test_a_third_failure_brings_a_connections_deadline_forward(simulation: Simulation) -> None:
    connection_id = simulation.connect()
    simulation.waiting.deadlines.clear()

    fails(simulation, connection_id, 4)

    assert simulation.waiting.deadlines == [(connection_id, 1)]


def test_two_failures_do_not(simulation: Simulation) -> None:
    connection_id = simulation.connect()
    simulation.waiting.deadlines.clear()

    fails(simulation, connection_id, 2)

    assert simulation.waiting.deadlines == []


def test_an_authenticated_connection_is_not_closed_by_failures(
    simulation: Simulation, alice: Person
) -> None:
    hers = alice.arrives()

    fails(simulation, hers.connection_id, 3)
    simulation.consume("auth_deadline", json.dumps({"connection_id": hers.connection_id}))

    assert hers.connection_id in simulation.sockets.open
    assert hers.sends("list_conversations")["type"] == "conversations"


def test_what_is_no_attempt_is_no_failure(simulation: Simulation) -> None:
    connection_id = simulation.connect()
    simulation.waiting.deadlines.clear()

    for _ in range(4):
        simulation.send(connection_id, {"type": "authenticate", "data": {"username": "alice"}})

    assert simulation.waiting.deadlines == []


def test_attempts_of_one_connection_are_counted_a_minute(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(authentications_per_minute=2)
    connection_id = simulation.connect()
    fails(simulation, connection_id, 2)

    reply = simulation.send(connection_id, {"type": "authenticate", "data": {"token": "x"}})

    assert reply is not None
    assert (reply["type"], reply["code"]) == ("auth_error", "too_many_attempts")
    assert reply["data"] == {"retry_after_seconds": 46}
