"""Deploying the chat, updating it while people talk, and deleting all but its data."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.deployment import Build, Built
from local.deployment import Deployment as Deploying
from local.options import Options
from local.stack import Stack
from testing.live.people import Client, Deployment

PATIENCE_SECONDS = 30
RETAINED = {
    "ConversationsTable",
    "CredentialsTable",
    "IdentitiesTable",
    "MembershipsTable",
    "MessagesTable",
    "ChangesTable",
    "ReactionsTable",
    "BansTable",
    "ReportsTable",
    "AttachmentsTable",
    "UsersTable",
    "ProfilesTable",
}


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A stack that no other test uses, deployed into an empty emulator."""
    with Stack(Options.for_tests(tmp_path_factory.mktemp("changes")), print) as stack:
        yield Deployment(stack)


def newer(stack: Stack, folder: Path) -> Built:
    """Build a chat that greets with another version of the protocol."""
    build = Build(stack.options.build, stack.options.project)
    with build.locked():
        built = build.describe()
        shutil.copytree(built.template.parent, folder)
    greeting = folder / "ChatLayer/python/chat/actions/greet.py"
    text = greeting.read_text()
    assert "PROTOCOL_VERSION = 1" in text
    greeting.write_text(text.replace("PROTOCOL_VERSION = 1", "PROTOCOL_VERSION = 2"))
    # Python would load the old bytecode without looking at the source.
    for compiled in greeting.parent.glob("__pycache__/greet.*"):
        compiled.unlink()
    return Built(folder / "template.yaml", "newer")


def parameters_of(stack: Stack) -> dict[str, str]:
    client = stack.session.client("cloudformation", endpoint_url=stack.aws_url)
    (deployed,) = client.describe_stacks(StackName="parley")["Stacks"]
    # One that is left out stays as it is; an empty one cannot be written on the command line.
    return {
        each["ParameterKey"]: each["ParameterValue"]
        for each in deployed["Parameters"]
        if each["ParameterValue"]
    }


def talking(client: Client, conversation: str, deploying: "subprocess.Popen[bytes]") -> int:
    """Send message after message until the deployment is done. Return how many."""
    sent = 0
    while deploying.poll() is None or not sent:
        client.says(f"message {sent}", to=conversation)
        sent += 1
        time.sleep(0.1)
    return sent


def is_there(stack: Stack) -> bool:
    client = stack.session.client("cloudformation", endpoint_url=stack.aws_url)
    try:
        (deployed,) = client.describe_stacks(StackName="parley")["Stacks"]
    except ClientError:
        return False
    assert not deployed["StackStatus"].endswith("FAILED"), deployed
    return True


def test_connected_clients_keep_talking_while_a_newer_chat_is_deployed(
    own_stack: Deployment, tmp_path: Path
) -> None:
    stack = own_stack.stack
    alice, bob = own_stack.enrol("alice"), own_stack.enrol("bob")
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    other_parameters = parameters_of(stack) | {"HeartbeatSeconds": "20"}
    deploying = Deploying(stack.aws_url, other_parameters)
    command = deploying.command(newer(stack, tmp_path / "newer"))

    with (tmp_path / "deploying").open("w") as log:
        process = subprocess.Popen(command, env=deploying.environment, stdout=log, stderr=log)
        try:
            sent = talking(hers, conversation, process)
        finally:
            process.kill()

    assert process.returncode == 0, (tmp_path / "deploying").read_text()
    assert [his.receives("chat_message")["data"]["seq"] for _ in range(sent)] == list(
        range(1, sent + 1)
    )
    assert alice.connects().receives("connected")["data"] == {
        "protocol": 2,
        "heartbeat_seconds": 20,
    }
    assert hers.says("Still here", to=conversation)["seq"] == sent + 1


def test_a_deleted_stack_leaves_the_tables_with_data(own_stack: Deployment) -> None:
    stack = own_stack.stack
    client = stack.session.client("cloudformation", endpoint_url=stack.aws_url)
    users = own_stack.dynamodb.scan(TableName=own_stack.tables["UsersTable"])["Count"]

    client.delete_stack(StackName="parley")

    until = time.monotonic() + PATIENCE_SECONDS
    while is_there(stack):
        assert time.monotonic() < until
        time.sleep(0.1)
    kept = set(own_stack.dynamodb.list_tables()["TableNames"])
    assert {name for name, table in own_stack.tables.items() if table in kept} == RETAINED
    assert own_stack.dynamodb.scan(TableName=own_stack.tables["UsersTable"])["Count"] == users
