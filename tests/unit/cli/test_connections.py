from chat.protocol.ids import ConversationId
from chat.push.outcome import Outcome
from chat.storage.connections import sessions_of
from chat.storage.roster import read_roster
from cli.refusals import ExitCode
from testing.people import Person
from testing.simulation import Simulation
from testing.sockets import Sockets
from tests.unit.cli.shell import Shell


def test_a_users_connections_are_listed(shell: Shell, alice: Person, bob: Person) -> None:
    laptop, phone = alice.arrives(), alice.arrives()
    bob.arrives()

    listed = shell.reads("connections", "list", "alice")

    assert {each["connection_id"] for each in listed} == {
        laptop.connection_id,
        phone.connection_id,
    }


def test_who_is_not_there_has_none(shell: Shell, alice: Person) -> None:
    assert shell.does("connections", "list", alice.user.username) == ""
    assert shell.reads("connections", "list", "alice") == []


def test_all_of_a_users_connections_are_closed(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    alice.arrives()
    alice.arrives()
    his = bob.arrives()

    told = shell.reads("connections", "close", "alice")

    assert len(told["closed"]) == 2
    assert simulation.sockets.open == {his.connection_id}


def test_of_several_only_the_named_one_is_closed(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    laptop, phone = alice.arrives(), alice.arrives()

    shell.does("connections", "close", "alice", phone.connection_id)

    assert simulation.sockets.open == {laptop.connection_id}


def test_a_connection_of_somebody_else_is_not_closed(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    his = bob.arrives()

    why = shell.is_refused("connections", "close", alice.user.username, his.connection_id)

    assert his.connection_id in why
    assert simulation.sockets.open == {his.connection_id}


def test_a_connection_that_is_gone_already_is_forgotten(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    hers = alice.arrives()
    conversation = hers.creates()
    hers.closes(announced=False)

    shell.does("connections", "close", "alice")

    assert sessions_of(alice.user.user_id, simulation.now_ms) == []
    assert read_roster(ConversationId(conversation), simulation.now_ms).entries == {}


def test_a_connection_that_could_not_be_closed_is_no_success(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    class Failing(Sockets):
        def close_connection(self, *_: object) -> Outcome:
            return Outcome.FAILED

    alice.arrives()
    gateway = Failing(simulation.steps)
    shell.has_chat(push=lambda: gateway)

    result = shell.types("connections", "close", "alice")

    assert result.exit_code == ExitCode.FAILED
