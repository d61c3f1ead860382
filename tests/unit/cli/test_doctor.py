"""What the doctor finds; the whole round on a running stack is tested in tests/integration/cli."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import replace
from functools import partial
from threading import Thread

import pytest
from websockets.sync.server import ServerConnection, serve

from chat.auth.tokens import SigningKeys, Tokens
from chat.protocol.client_frames import ClientFrame
from chat.protocol.ids import ConnectionId
from chat.push.post import Outcome
from cli.deployment import Deployment
from cli.doctor.endpoints import check_push, check_push_after_close, check_signing_key
from cli.doctor.findings import Check, CheckFailed, Finding, run_check
from cli.doctor.replies import check_replies
from cli.doctor.stack import (
    check_backups,
    check_key_rotation,
    check_page,
    check_queues,
    check_stack,
    check_tables,
)
from testing.simulation import Simulation
from tests.unit.cli.shell import Shell


def finding(check: Check, shell: Shell) -> Finding:
    return run_check("part", check, shell.deployment)


def test_healthy_part_is_reported_with_what_was_seen(shell: Shell) -> None:
    assert finding(lambda _: "all well", shell) == Finding("part", healthy=True, seen="all well")


def test_failed_check_is_reported_with_advice(shell: Shell) -> None:
    def check(_: Deployment) -> str:
        raise CheckFailed("broken", "Mend it.")

    assert finding(check, shell) == Finding("part", healthy=False, seen="broken", advice="Mend it.")


def test_unreachable_part_is_a_finding(shell: Shell) -> None:
    def check(_: Deployment) -> str:
        raise ConnectionRefusedError("no route")

    found = finding(check, shell)

    assert not found.healthy
    assert found.seen == "ConnectionRefusedError: no route"
    assert found.advice


def test_bug_in_a_check_is_not_a_finding(shell: Shell) -> None:
    def check(_: Deployment) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        finding(check, shell)


@pytest.mark.parametrize(
    ("status", "healthy"),
    [
        ("CREATE_COMPLETE", True),
        ("UPDATE_COMPLETE", True),
        ("UPDATE_ROLLBACK_COMPLETE", True),
        ("UPDATE_ROLLBACK_FAILED", False),
        ("UPDATE_IN_PROGRESS", False),
    ],
)
def test_settled_stack_is_healthy(shell: Shell, status: str, *, healthy: bool) -> None:
    shell.deployment = replace(shell.deployment, status=status)

    assert finding(check_stack, shell).healthy is healthy


def test_each_table_is_checked(shell: Shell) -> None:
    found = finding(check_tables, shell)

    assert found.healthy, found
    assert found.seen == f"{len(shell.deployment.tables)} tables are active"


def test_missing_table_is_found(shell: Shell) -> None:
    shell.has_outputs(MessagesTable="elsewhere")

    found = finding(check_tables, shell)

    assert not found.healthy
    assert "ResourceNotFoundException" in found.seen


def test_table_without_backups_is_found(shell: Shell) -> None:
    found = finding(check_backups, shell)

    assert not found.healthy
    assert "point in time" in found.seen


def test_local_stack_needs_no_backups(shell: Shell) -> None:
    shell.has_outputs(ManagementEndpoint="http://127.0.0.1:8080")

    assert finding(check_backups, shell).healthy


def test_queues_without_dead_letters_are_healthy(shell: Shell) -> None:
    sqs = shell.deployment.session.client("sqs")
    urls = {
        f"{name}QueueUrl": sqs.create_queue(QueueName=name)["QueueUrl"]
        for name in ("Greet", "GreetDeadLetter")
    }
    shell.has_outputs(**urls)
    sqs.send_message(QueueUrl=urls["GreetQueueUrl"], MessageBody="waits")

    found = finding(check_queues, shell)

    assert found.healthy, found


def test_dead_letters_are_found(shell: Shell) -> None:
    sqs = shell.deployment.session.client("sqs")
    url = sqs.create_queue(QueueName="dead")["QueueUrl"]
    shell.has_outputs(GreetDeadLetterQueueUrl=url)
    sqs.send_message(QueueUrl=url, MessageBody="given up")

    found = finding(check_queues, shell)

    assert not found.healthy
    assert "1 messages are in GreetDeadLetterQueue" in found.seen


def test_stack_without_web_app_is_healthy(shell: Shell) -> None:
    assert finding(check_page, shell).healthy


@pytest.mark.parametrize("published", [True, False])
def test_web_app_that_is_not_published_is_found(shell: Shell, *, published: bool) -> None:
    s3 = shell.deployment.session.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="page")
    shell.has_outputs(PageBucket="page", PageUrl="https://chat.example.com/")
    if published:
        s3.put_object(Bucket="page", Key="index.html", Body=b"<title>Parley</title>")

    found = finding(check_page, shell)

    assert found.healthy is published


def test_working_signing_key_is_healthy(shell: Shell) -> None:
    assert finding(check_signing_key, shell).healthy


def test_short_signing_key_is_found(shell: Shell) -> None:
    def weak() -> Tokens:
        return Tokens(lambda: SigningKeys("k", {"k": b"short"}), "parley", "parley")

    shell.has_chat(tokens=weak)

    assert not finding(check_signing_key, shell).healthy


@pytest.mark.parametrize(
    ("stages", "healthy"),
    [(["AWSPENDING"], False), (["AWSPENDING", "AWSCURRENT"], True), ([], True)],
)
def test_unfinished_rotation_is_found(shell: Shell, stages: list[str], *, healthy: bool) -> None:
    secrets = shell.deployment.session.client("secretsmanager")
    made = secrets.create_secret(Name="signing", SecretString="1")
    shell.has_outputs(SigningSecretArn=made["ARN"])
    if stages:
        version = "a" * 32
        secrets.put_secret_value(
            SecretId="signing", ClientRequestToken=version, SecretString="2", VersionStages=stages
        )

    found = finding(check_key_rotation, shell)

    assert found.healthy is healthy
    assert ("a" * 32 in found.seen) is not healthy


def test_endpoint_that_knows_open_and_closed_connections_is_healthy(
    simulation: Simulation, shell: Shell
) -> None:
    connection_id = simulation.connect()
    check_push(shell.deployment, connection_id)
    simulation.disconnect(connection_id)

    check_push_after_close(shell.deployment, connection_id)

    assert simulation.sockets.received[connection_id] == [{"type": "doctor"}]


@pytest.mark.parametrize("check", [check_push, check_push_after_close])
def test_endpoint_that_rejects_pushes_is_found(
    simulation: Simulation, shell: Shell, check: Callable[[Deployment, ConnectionId], None]
) -> None:
    simulation.sockets.fault = lambda _: Outcome.FAILED

    with pytest.raises(CheckFailed, match=r"https://gateway answers a push .* with 'failed'"):
        check(shell.deployment, simulation.connect())


def test_live_connection_that_counts_as_gone_is_found(simulation: Simulation, shell: Shell) -> None:
    simulation.sockets.fault = lambda _: Outcome.GONE

    with pytest.raises(CheckFailed, match="to a live connection with 'gone'"):
        check_push(shell.deployment, simulation.connect())


def test_closed_connection_may_count_as_open_for_a_moment(
    simulation: Simulation, shell: Shell
) -> None:
    connection_id, answers = (
        simulation.connect(),
        [Outcome.DELIVERED, Outcome.DELIVERED, Outcome.GONE],
    )
    simulation.sockets.fault = lambda _: answers.pop(0)

    check_push_after_close(shell.deployment, connection_id)

    assert answers == []


@contextmanager
def a_service_that_answers(replies: Callable[[str], list[str]]) -> Iterator[str]:
    """Serve a WebSocket that sends what is made of each frame; give its address."""

    def serve_one(socket: ServerConnection) -> None:
        for text in socket:
            for reply in replies(str(text)):
                socket.send(reply)

    with serve(serve_one, "127.0.0.1", 0) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()


def reply_to(text: str) -> str:
    return json.dumps({"type": "error", "requestId": json.loads(text)["requestId"]})


def test_replies_from_all_routes_are_healthy(shell: Shell) -> None:
    # An empty frame in between is none.
    with a_service_that_answers(lambda text: ["", reply_to(text)]) as url:
        shell.has_outputs(ManagementEndpoint=url)

        found = finding(check_replies, shell)

    assert found.healthy, found
    assert found.seen == f"arrive from all {len(ClientFrame.__subclasses__()) + 1} routes"


def test_route_without_replies_is_named(
    shell: Shell,
) -> None:
    silent = '"type": "history"'
    with a_service_that_answers(lambda text: [""] if silent in text else [reply_to(text)]) as url:
        shell.has_outputs(ManagementEndpoint=url)

        found = finding(partial(check_replies, timeout_seconds=0.5), shell)

    assert (found.healthy, found.seen) == (False, "no reply to history")
    assert found.advice
