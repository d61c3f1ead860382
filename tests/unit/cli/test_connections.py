from chat.protocol.ids import ConversationId
from chat.push.post import Outcome
from chat.storage.connections import sessions_of
from chat.storage.roster import read_roster
from cli.errors import ExitCode
from testing.people import Person
from testing.simulation import Simulation
from testing.sockets import Sockets
from tests.unit.cli.shell import Shell


def test_a_users_connections_are_listed(shell: Shell, alice: Person, bob: Person) -> None:
    laptop, phone = alice.logs_in(), alice.logs_in()
    bob.logs_in()

    listed = shell.reads("connections", "list", "alice")

    assert {each["connection_id"] for each in listed} == {
        laptop.connection_id,
        phone.connection_id,
    }


def test_user_without_connections_has_none_listed(shell: Shell, alice: Person) -> None:
    assert shell.does("connections", "list", alice.user.username) == ""
    assert shell.reads("connections", "list", "alice") == []


def test_all_of_a_users_connections_are_closed(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    alice.logs_in()
    alice.logs_in()
    his = bob.logs_in()

    told = shell.reads("connections", "close", "alice")

    assert len(told["closed"]) == 2
    assert simulation.sockets.open == {his.connection_id}


def test_only_the_named_connection_is_closed(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    laptop, phone = alice.logs_in(), alice.logs_in()

    shell.does("connections", "close", "alice", phone.connection_id)

    assert simulation.sockets.open == {laptop.connection_id}


def test_connection_of_another_user_is_not_closed(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    his = bob.logs_in()

    why = shell.is_rejected("connections", "close", alice.user.username, his.connection_id)

    assert his.connection_id in why
    assert simulation.sockets.open == {his.connection_id}


def test_rows_of_a_connection_that_was_gone_are_deleted(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    hers = alice.logs_in()
    conversation = hers.creates()
    hers.closes(announced=False)

    shell.does("connections", "close", "alice")

    assert sessions_of(alice.user.user_id, simulation.now_ms) == []
    assert read_roster(ConversationId(conversation), simulation.now_ms).entries == {}


def test_connection_that_cannot_be_closed_is_a_failure(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    class Failing(Sockets):
        def close_connection(self, *_: object) -> Outcome:
            return Outcome.FAILED

    alice.logs_in()
    gateway = Failing(simulation.steps)
    shell.has_chat(push=lambda: gateway)

    result = shell.types("connections", "close", "alice")

    assert result.exit_code == ExitCode.FAILED
