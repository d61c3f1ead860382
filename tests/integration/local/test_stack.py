"""The stack as a whole, with a project small enough to be built and deployed in seconds."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from websockets.sync.client import connect

from local.aws import logical_name_in
from local.options import Options
from local.stack import Stack
from local.tools import ROOT, LocalStackError
from tests.integration.local.scripted_aws import PATIENCE_SECONDS

PROJECT = Path(__file__).with_name("project")


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Options:
    """The same folder and ports for all: the first to start deploys."""
    folder = tmp_path_factory.mktemp("stack")
    usual = Options.for_tests(folder / "data")
    return replace(usual, project=PROJECT, build=folder / "build", web_app=folder)


@pytest.fixture(scope="module")
def shared(options: Options) -> Iterator[Stack]:
    stack = Stack(options)
    yield stack
    stack.stop()


@pytest.fixture
def stack(shared: Stack) -> Stack:
    """Give the shared stack; start it again if a test has stopped it."""
    if not shared.is_running:
        shared.stop()
        shared.start()
    return shared


def on_other_ports(options: Options) -> Options:
    others = Options.for_tests(options.data)
    return replace(options, port=others.port, aws_port=others.aws_port)


def exchange(stack: Stack, text: str) -> tuple[str, list[str]]:
    """Send a message; give what the function pushed, and the messages that it replied with."""
    with connect(stack.websocket_url, proxy=None, compression=None) as client:
        client.send(text)
        pushed, replied = (json.loads(client.recv(timeout=PATIENCE_SECONDS)) for _ in range(2))
        return pushed, replied


def test_a_message_reaches_its_function_and_its_push_reaches_the_client(stack: Stack) -> None:
    pushed, replied = exchange(stack, "hello")

    assert pushed == "pushed"
    assert "hello" in replied


def test_a_second_start_builds_nothing_and_finds_the_data(stack: Stack, options: Options) -> None:
    exchange(stack, "from the first run")
    stack.stop()
    said: list[str] = []

    with Stack(options, said.append) as second:
        _, replied = exchange(second, "from the second run")

    assert said == ["starting the emulator", "starting the gateway"]
    assert {"from the first run", "from the second run"} <= set(replied)


def test_the_stack_knows_the_outputs_of_the_template(stack: Stack) -> None:
    dynamodb = stack.session.client("dynamodb", endpoint_url=stack.aws_url)

    table = dynamodb.describe_table(TableName=stack.outputs["MessagesTable"])

    assert table["Table"]["TableStatus"] == "ACTIVE"


def test_a_deployed_function_has_its_name_in_the_template(stack: Stack) -> None:
    translate = logical_name_in(stack.aws_url)

    name = translate(stack.outputs["EchoName"])

    assert name == "Echo"


def test_a_folder_in_use_is_reported(stack: Stack, options: Options) -> None:
    beside = on_other_ports(options)

    with pytest.raises(LocalStackError, match="a local stack already uses"):
        Stack(beside).start()

    assert exchange(stack, "undisturbed")


@pytest.mark.parametrize("part", ["emulator", "gateway"])
def test_a_part_that_ends_is_reported(stack: Stack, part: str) -> None:
    process = {"emulator": stack.emulator.process, "gateway": stack.gateway}[part]
    assert process.pid is not None

    os.kill(process.pid, signal.SIGKILL)

    with pytest.raises(LocalStackError, match=f"the {part} has ended"):
        stack.watch()


def test_a_failed_deployment_leaves_nothing_running(options: Options, tmp_path: Path) -> None:
    template = (PROJECT / "template.yaml").read_text()
    (tmp_path / "template.yaml").write_text(template.replace("::ApiGatewayV2::Stage", "::No::Such"))
    (tmp_path / "functions").symlink_to(PROJECT / "functions")
    beside = replace(on_other_ports(options), project=tmp_path, data=tmp_path / "data")
    stack = Stack(beside)

    with pytest.raises(LocalStackError, match="deploy failed"):
        stack.start()

    assert stack.emulator.process.has_ended


@pytest.mark.parametrize("variable", ["PORT", "AWS_PORT"])
def test_a_port_in_use_is_reported_with_its_variable(tmp_path: Path, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        ended = runs({variable: str(port)}, tmp_path)

    assert ended.returncode == 1
    reported = f"parley: port {port} is in use: choose another with {variable}="
    assert ended.stderr.startswith(reported)


def test_a_missing_tool_is_reported(tmp_path: Path) -> None:
    ended = runs({"PARLEY_EMULATOR_PYTHON": "/nowhere/python"}, tmp_path)

    assert ended.returncode == 1
    assert "the emulator is not at /nowhere/python: run `make setup`" in ended.stderr


def runs(variables: dict[str, str], data: Path) -> subprocess.CompletedProcess[str]:
    """Run the command with a folder and ports of its own, so beside any other stack."""
    own = Options.for_tests(data)
    places = {"PORT": str(own.port), "AWS_PORT": str(own.aws_port), "DATA": str(data)}
    return subprocess.run(
        [sys.executable, "-m", "local.run"],
        cwd=ROOT,
        env=os.environ | places | variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
