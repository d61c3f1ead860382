"""`events`: how far the events of each conversation were sent, and sending them again."""

import json
from copy import replace

import boto3
import pytest

from chat.push.webhook_signature import key_of
from cli.errors import ExitCode
from testing.people import Client, Person
from testing.relay import Relay
from testing.simulation import REGION, Simulation
from tests.unit.cli.shell import Shell


@pytest.fixture
def relay(simulation: Simulation) -> Relay:
    return Relay(simulation)


@pytest.fixture
def hers(alice: Person) -> Client:
    return alice.logs_in()


@pytest.fixture
def room(hers: Client, bob: Person) -> str:
    room = hers.creates(bob)
    for number in range(3):
        hers.says(f"number {number}", to=room)
    return room


class Invocations:
    """Lambda's client: the function is invoked by the test, when it wants."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: str) -> None:  # noqa: N803 -- AWS's names
        assert (InvocationType, "Records" in json.loads(Payload)) == ("Event", False)
        self.names.append(FunctionName)


class Session:
    """A session whose Lambda client is ours, since there is no deployed function."""

    def __init__(self) -> None:
        self.invocations = Invocations()

    def client(self, name: str) -> object:
        return self.invocations if name == "lambda" else boto3.client(name, REGION)  # type: ignore[call-overload]


@pytest.fixture
def session(shell: Shell) -> Session:
    """Let the deployment have a webhook, with its secret."""
    session = Session()
    secret = json.dumps({"current": "first", "first": "k" * 48})
    made = boto3.client("secretsmanager", REGION).create_secret(Name="hook", SecretString=secret)
    shell.deployment = replace(
        shell.deployment,
        parameters={"WebhookUrl": "https://consumer.example/"},
        outputs={
            **shell.deployment.outputs,
            "RelayEventsFunction": "parley-relay_events",
            "WebhookSecretArn": made["ARN"],
        },
        session=session,  # type: ignore[arg-type]  # as much of one as the command uses
    )
    return session


@pytest.mark.usefixtures("session")
def test_status_counts_what_waits_for_each_sink(shell: Shell, relay: Relay, room: str) -> None:
    relay.consumer.answers_with(lambda _: "HTTP 500")
    relay.wakes(room)

    (row,) = shell.reads("events", "status")

    assert (row["sink"], row["conversations_waiting"], row["stopped_at"]) == ("webhook", 1, None)
    assert row["waiting_since"] is not None


@pytest.mark.usefixtures("session")
def test_status_of_a_conversation_shows_its_position(shell: Shell, relay: Relay, room: str) -> None:
    relay.consumer.answers_with(lambda event: "HTTP 500" if event.seq == 3 else None)
    relay.wakes(room)

    (row,) = shell.reads("events", "status", room)

    assert (row["sent_up_to"], row["last_seq"], row["failures"]) == (2, 3, 1)
    assert row["next_attempt_at"] is not None


def test_replay_sends_everything_from_a_number_on_again(
    shell: Shell, session: Session, relay: Relay, room: str
) -> None:
    relay.wakes(room)

    shell.does("events", "replay", room, "--from", "2")
    relay.sweeps()

    assert relay.consumer.numbers(room) == [1, 2, 3, 2, 3]
    assert session.invocations.names == ["parley-relay_events"]


@pytest.mark.usefixtures("session")
def test_replay_of_all_sends_every_conversation_again(
    shell: Shell, relay: Relay, hers: Client, room: str, carol: Person
) -> None:
    other = hers.creates(carol)
    hers.says("Hello", to=other)
    relay.wakes(room, other)

    shell.does("events", "replay", "--all", "--from", "1")
    relay.sweeps()

    assert relay.consumer.numbers(room) == [1, 2, 3] * 2
    assert relay.consumer.numbers(other) == [1] * 2


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("words", [["--from", "1"], ["general", "--all", "--from", "1"]])
def test_replay_wants_one_conversation_or_all(shell: Shell, words: list[str]) -> None:
    assert shell.types("events", "replay", *words).exit_code == ExitCode.REFUSED


def test_replay_of_a_conversation_that_does_not_exist_is_rejected(
    shell: Shell, session: Session
) -> None:
    result = shell.types("events", "replay", "nowhere", "--from", "1")

    assert result.exit_code == ExitCode.REFUSED
    assert session.invocations.names == []


@pytest.mark.usefixtures("session")
def test_retry_does_not_wait_for_the_back_off(shell: Shell, relay: Relay, room: str) -> None:
    relay.consumer.answers_with(lambda _: "HTTP 500")
    relay.wakes(room)
    relay.consumer.answers_with(lambda _: None)
    relay.sweeps()
    assert relay.consumer.numbers(room) == []

    shell.does("events", "retry")
    relay.sweeps()

    assert relay.consumer.numbers(room) == [1, 2, 3]


@pytest.mark.usefixtures("session")
def test_resumed_sink_gets_what_waited(shell: Shell, relay: Relay, room: str) -> None:
    relay.consumer.answers_with(lambda _: "HTTP 410")
    relay.wakes(room)
    relay.consumer.answers_with(lambda _: None)
    assert shell.reads("events", "status")[0]["stopped_at"] is not None

    shell.does("events", "resume", "webhook")
    relay.sweeps()

    assert relay.consumer.numbers(room) == [1, 2, 3]
    assert shell.reads("events", "status")[0]["stopped_at"] is None


@pytest.mark.usefixtures("session")
def test_secret_is_printed_as_consumers_expect_it(shell: Shell) -> None:
    printed = shell.does("events", "secret").strip()

    assert printed.startswith("whsec_")
    assert key_of(printed) == b"k" * 48


@pytest.mark.usefixtures("session")
def test_former_secret_stays_until_the_next_rotation(shell: Shell) -> None:
    first = shell.does("events", "secret").split()

    second = shell.does("events", "rotate-secret").split()
    third = shell.does("events", "rotate-secret").split()

    assert second[1:] == first
    assert third[1:] == second[:1]
    assert shell.does("events", "secret").split() == third


def test_commands_about_events_are_rejected_without_a_sink(shell: Shell) -> None:
    for words in (["status"], ["retry"], ["secret"], ["resume", "webhook"]):
        result = shell.types("events", *words)

        assert result.exit_code == ExitCode.REFUSED
        assert "WebhookUrl" in result.stderr
