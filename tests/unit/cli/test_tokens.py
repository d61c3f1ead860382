from cli.errors import ExitCode
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


def test_token_is_valid_as_long_as_requested(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    issued = shell.reads("tokens", "issue", alice.user.username, "--seconds", "60")

    simulation.advance_time(seconds=60)

    reply = simulation.send(
        simulation.connect(), {"type": "authenticate", "data": {"token": issued["token"]}}
    )
    assert reply is not None
    assert reply["code"] == "token_expired"
    assert issued["expires_at"] == "2026-11-22T18:20:14.000Z"


def test_connections_are_notified_and_closed_when_tokens_are_revoked(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()

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


def test_disabled_user_gets_no_token(shell: Shell, alice: Person) -> None:
    shell.does("users", "disable", alice.user.username)

    why = shell.is_rejected("tokens", "issue", "alice")

    assert why == "parley: The user 'alice' is disabled.\n"


def test_unknown_user_gets_no_token(shell: Shell) -> None:
    assert "nobody" in shell.is_rejected("tokens", "issue", "nobody")
    assert "nobody" in shell.is_rejected("tokens", "revoke", "nobody")


def test_token_cannot_outlive_the_calendar(shell: Shell, alice: Person) -> None:
    result = shell.types("tokens", "issue", alice.user.username, "--seconds", str(10**12))

    assert result.exit_code == ExitCode.WRONG_COMMAND_LINE
