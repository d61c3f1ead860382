from testing.people import Client, Person
from testing.simulation import Simulation
from tests.unit.cli.shell import Shell


def comes_by(simulation: Simulation, token: str, person: Person) -> Client:
    client = Client(simulation, simulation.connect(), person.user)
    reply = client.sends("authenticate", data={"token": token})
    assert reply["type"] == "auth_success", reply
    return client


def test_an_issued_token_authenticates_its_user(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    token = shell.does("tokens", "issue", "alice").strip()

    comes_by(simulation, token, alice)


def test_a_token_is_good_for_as_long_as_was_said(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    issued = shell.reads("tokens", "issue", alice.user.username, "--seconds", "60")

    simulation.passes(seconds=60)

    reply = simulation.send(
        simulation.connect(), {"type": "authenticate", "data": {"token": issued["token"]}}
    )
    assert reply is not None
    assert reply["code"] == "token_expired"
    assert issued["expires_at"] == "2026-11-22T18:20:14.000Z"


def test_a_revoked_users_connections_are_told_and_closed(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    hers, his = alice.arrives(), bob.arrives()

    shell.does("tokens", "revoke", "alice")

    assert hers.receives("signed_out") == {"reason": "revoked"}
    assert simulation.sockets.open == {his.connection_id}


def test_a_revoked_token_is_invalid(simulation: Simulation, shell: Shell, alice: Person) -> None:
    token = shell.does("tokens", "issue", alice.user.username).strip()

    shell.does("tokens", "revoke", "alice")

    reply = simulation.send(
        simulation.connect(), {"type": "authenticate", "data": {"token": token}}
    )
    assert reply is not None
    assert reply["code"] == "invalid_token"


def test_a_disabled_user_is_issued_none(shell: Shell, alice: Person) -> None:
    shell.does("users", "disable", alice.user.username)

    why = shell.is_refused("tokens", "issue", "alice")

    assert why == "parley: 'alice' is disabled.\n"


def test_nobody_is_issued_none(shell: Shell) -> None:
    assert "nobody" in shell.is_refused("tokens", "issue", "nobody")
    assert "nobody" in shell.is_refused("tokens", "revoke", "nobody")
