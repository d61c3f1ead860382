"""Login throttling slows guessing down, and locks nobody else out."""

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


def log_in_with(
    simulation: Simulation, password: str, *, name: str = "alice", address: str = HERS
) -> Frame:
    """Authenticate on a new connection."""
    frame = {"type": "authenticate", "data": {"username": name, "password": password}}
    reply = simulation.send(simulation.connect(address), frame)
    assert reply is not None
    return reply


def guesses(
    simulation: Simulation, times: int, *, name: str = "alice", address: str = HERS
) -> list[str]:
    return [
        log_in_with(simulation, f"guess {n}", name=name, address=address)["code"]
        for n in range(times)
    ]


@pytest.fixture(autouse=True)
def alice_is_known(alice: Person) -> Person:
    return alice


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_sixth_wrong_password_is_rejected_as_too_many(simulation: Simulation, name: str) -> None:
    codes = guesses(simulation, FREE_ATTEMPTS + 2, name=name)

    assert codes == ["invalid_credentials"] * FREE_ATTEMPTS + ["too_many_attempts"] * 2


def test_lockout_doubles_with_each_wrong_password(simulation: Simulation) -> None:
    guesses(simulation, FREE_ATTEMPTS)

    refused = [log_in_with(simulation, "a guess") for _ in range(3)]

    assert {each["type"] for each in refused} == {"auth_error"}
    assert [each["data"]["retry_after_seconds"] for each in refused] == [60, 120, 240]


def test_right_password_is_rejected_during_a_lockout(simulation: Simulation) -> None:
    guesses(simulation, FREE_ATTEMPTS)

    reply = log_in_with(simulation, PASSWORD_OF_ALL)

    assert reply["code"] == "too_many_attempts"


def test_right_password_works_after_the_lockout(simulation: Simulation) -> None:
    guesses(simulation, FREE_ATTEMPTS)
    refused = log_in_with(simulation, PASSWORD_OF_ALL)

    simulation.advance_time(seconds=refused["data"]["retry_after_seconds"])

    assert log_in_with(simulation, PASSWORD_OF_ALL)["type"] == "auth_success"


def test_right_password_resets_the_count(simulation: Simulation) -> None:
    guesses(simulation, FREE_ATTEMPTS - 1)
    log_in_with(simulation, PASSWORD_OF_ALL)

    codes = guesses(simulation, FREE_ATTEMPTS)

    assert codes == ["invalid_credentials"] * FREE_ATTEMPTS


def test_wrong_passwords_from_another_network_lock_nobody_out(simulation: Simulation) -> None:
    guesses(simulation, FREE_ATTEMPTS + 3, address=ELSEWHERE)

    reply = log_in_with(simulation, PASSWORD_OF_ALL)

    assert reply["type"] == "auth_success"


def test_wrong_passwords_for_another_user_lock_nobody_out(
    simulation: Simulation, bob: Person
) -> None:
    guesses(simulation, FREE_ATTEMPTS + 3, name=bob.user.username)

    reply = log_in_with(simulation, PASSWORD_OF_ALL)

    assert reply["type"] == "auth_success"


def test_token_works_during_a_lockout(simulation: Simulation, alice: Person) -> None:
    token = alice.logs_in().token
    guesses(simulation, FREE_ATTEMPTS + 3)

    reply = simulation.send(
        simulation.connect(), {"type": "authenticate", "data": {"token": token}}
    )

    assert reply is not None
    assert reply["type"] == "auth_success"


def test_wrong_passwords_for_one_user_from_all_networks_are_limited(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(failed_logins_per_user_per_hour=3)
    for last in range(3):
        guesses(simulation, 1, address=f"198.51.100.{last}")

    refused = log_in_with(simulation, "a guess", address="198.51.100.99")

    assert refused["code"] == "too_many_attempts"
    simulation.advance_time(seconds=refused["data"]["retry_after_seconds"])
    assert log_in_with(simulation, PASSWORD_OF_ALL)["type"] == "auth_success"


def test_wrong_passwords_of_one_network_for_all_users_are_limited(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(failed_logins_per_network_per_hour=3)
    for number in range(3):
        guesses(simulation, 1, name=f"somebody{number}")

    assert log_in_with(simulation, "a guess", name="somebody else")["code"] == "too_many_attempts"
    assert log_in_with(simulation, PASSWORD_OF_ALL, address=ELSEWHERE)["type"] == "auth_success"


def test_right_passwords_do_not_count_toward_the_limit(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(
        failed_logins_per_user_per_hour=2, failed_logins_per_network_per_hour=2
    )

    replies = [log_in_with(simulation, PASSWORD_OF_ALL)["type"] for _ in range(4)]

    assert replies == ["auth_success"] * 4


# Concurrent attempts.


def concurrently(simulation: Simulation, passwords: list[str], seed: int) -> list[str]:
    """Authenticate concurrently, each password on its own connection; returns the replies."""
    ready = {
        str(place): partial(log_in_with, simulation, each) for place, each in enumerate(passwords)
    }
    answers = Scheduler(simulation, random_order(seed)).run(ready)
    return [each.get("code", each["type"]) for each in answers.values()]


@pytest.mark.parametrize("seed", range(3))
def test_concurrent_right_passwords_all_succeed(simulation: Simulation, seed: int) -> None:
    answers = concurrently(simulation, [PASSWORD_OF_ALL] * 10, seed)

    assert answers == ["auth_success"] * 10
    assert log_in_with(simulation, PASSWORD_OF_ALL)["type"] == "auth_success"


@pytest.mark.parametrize("seed", range(3))
def test_concurrent_wrong_passwords_reveal_no_more_than_sequential_ones(
    simulation: Simulation, seed: int
) -> None:
    answers = concurrently(simulation, [f"guess {number}" for number in range(12)], seed)

    assert answers.count("invalid_credentials") == FREE_ATTEMPTS
    assert answers.count("too_many_attempts") == 12 - FREE_ATTEMPTS


@pytest.mark.parametrize("seed", range(5))
def test_right_password_among_concurrent_wrong_ones_succeeds_only_below_the_limit(
    simulation: Simulation, seed: int
) -> None:
    passwords = [f"guess {number}" for number in range(12)]
    passwords[seed] = PASSWORD_OF_ALL

    answers = concurrently(simulation, passwords, seed)

    is_in = answers[seed] == "auth_success"
    assert answers[seed] in {"auth_success", "too_many_attempts"}
    assert answers.count("invalid_credentials") <= FREE_ATTEMPTS * (1 + is_in)


@pytest.mark.parametrize("seed", range(3))
def test_concurrent_wrong_passwords_from_all_networks_are_limited(
    simulation: Simulation, seed: int
) -> None:
    simulation.services = simulation.with_limits(failed_logins_per_user_per_hour=3)
    ready = {
        str(last): partial(log_in_with, simulation, "a guess", address=f"198.51.100.{last}")
        for last in range(8)
    }

    answers = Scheduler(simulation, random_order(seed)).run(ready)

    assert [each["code"] for each in answers.values()].count("invalid_credentials") == 3


def test_right_password_is_rejected_if_the_limit_was_reached_while_it_was_verified(
    simulation: Simulation,
) -> None:
    with inject_before(simulation, "DeleteItem", lambda: guesses(simulation, FREE_ATTEMPTS)):
        reply = log_in_with(simulation, PASSWORD_OF_ALL)

    assert reply["code"] == "too_many_attempts"


# One connection.


def fail_logins(simulation: Simulation, connection_id: ConnectionId, times: int) -> None:
    for number in range(times):
        frame = {"type": "authenticate", "data": {"token": f"token {number}"}}
        simulation.send(connection_id, frame)


def test_third_failure_brings_the_deadline_forward(simulation: Simulation) -> None:
    connection_id = simulation.connect()
    simulation.queues.deadlines.clear()

    fail_logins(simulation, connection_id, 4)

    assert simulation.queues.deadlines == [(connection_id, 1)]


def test_two_failures_leave_the_deadline_unchanged(simulation: Simulation) -> None:
    connection_id = simulation.connect()
    simulation.queues.deadlines.clear()

    fail_logins(simulation, connection_id, 2)

    assert simulation.queues.deadlines == []


def test_failures_do_not_close_an_authenticated_connection(
    simulation: Simulation, alice: Person
) -> None:
    hers = alice.logs_in()

    fail_logins(simulation, hers.connection_id, 3)
    simulation.consume("auth_deadline", json.dumps({"connection_id": hers.connection_id}))

    assert hers.connection_id in simulation.sockets.open
    assert hers.sends("list_conversations")["type"] == "conversations"


def test_malformed_attempt_is_no_failure(simulation: Simulation) -> None:
    connection_id = simulation.connect()
    simulation.queues.deadlines.clear()

    for _ in range(4):
        simulation.send(connection_id, {"type": "authenticate", "data": {"username": "alice"}})

    assert simulation.queues.deadlines == []


def test_attempts_per_connection_and_minute_are_limited(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(authentications_per_minute=2)
    connection_id = simulation.connect()
    fail_logins(simulation, connection_id, 2)

    reply = simulation.send(connection_id, {"type": "authenticate", "data": {"token": "x"}})

    assert reply is not None
    assert (reply["type"], reply["code"]) == ("auth_error", "too_many_attempts")
    assert reply["data"] == {"retry_after_seconds": 46}
