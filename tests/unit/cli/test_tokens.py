from cli.errors import ExitCode
from tests.unit.cli.shell import Shell
from tests.world.people import Client, Person
from tests.world.world import World


def comes_by(world: World, token: str, person: Person) -> Client:
    client = Client(world, world.connect(), person.user)
    reply = client.sends("authenticate", data={"token": token})
    assert reply["type"] == "auth_success", reply
    return client


def test_an_issued_token_authenticates_its_user(world: World, shell: Shell, alice: Person) -> None:
    token = shell.does("tokens", "issue", "alice").strip()

    comes_by(world, token, alice)


def test_token_is_valid_as_long_as_requested(world: World, shell: Shell, alice: Person) -> None:
    issued = shell.reads("tokens", "issue", alice.user.username, "--seconds", "60")

    world.passes(seconds=60)

    reply = world.send(
        world.connect(), {"type": "authenticate", "data": {"token": issued["token"]}}
    )
    assert reply is not None
    assert reply["code"] == "token_expired"
    assert issued["expires_at"] == "2026-11-22T18:20:14.000Z"


def test_connections_are_notified_and_closed_when_tokens_are_revoked(
    world: World, shell: Shell, alice: Person, bob: Person
) -> None:
    hers, his = alice.arrives(), bob.arrives()

    shell.does("tokens", "revoke", "alice")

    assert hers.receives("signed_out") == {"reason": "revoked"}
    assert world.sockets.open == {his.connection_id}


def test_a_revoked_token_is_invalid(world: World, shell: Shell, alice: Person) -> None:
    token = shell.does("tokens", "issue", alice.user.username).strip()

    shell.does("tokens", "revoke", "alice")

    reply = world.send(world.connect(), {"type": "authenticate", "data": {"token": token}})
    assert reply is not None
    assert reply["code"] == "invalid_token"


def test_disabled_user_gets_no_token(shell: Shell, alice: Person) -> None:
    shell.does("users", "disable", alice.user.username)

    why = shell.is_refused("tokens", "issue", "alice")

    assert why == "parley: The user 'alice' is disabled.\n"


def test_unknown_user_gets_no_token(shell: Shell) -> None:
    assert "nobody" in shell.is_refused("tokens", "issue", "nobody")
    assert "nobody" in shell.is_refused("tokens", "revoke", "nobody")


def test_token_cannot_outlive_the_calendar(shell: Shell, alice: Person) -> None:
    result = shell.types("tokens", "issue", alice.user.username, "--seconds", str(10**12))

    assert result.exit_code == ExitCode.WRONG_COMMAND_LINE
