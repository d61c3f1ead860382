"""What holds for every command: help, exit codes, words on the right stream."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from click.testing import CliRunner, Result

from cli.context import GlobalOptions
from cli.deployment import Deployment
from cli.errors import CommandRefused, ExitCode
from cli.main import EPILOG, parley
from cli.output import Output
from testing.people import Person
from tests.unit.cli.shell import Shell


def leaves(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        else:
            yield (*path, name)


OPERATIONS = (Path(__file__).parents[3] / "docs/operations.md").read_text()
COMMANDS = list(leaves(parley))
each_command = pytest.mark.parametrize("path", COMMANDS, ids=" ".join)


def types(*words: str, failing_with: Exception) -> Result:
    """Run a command where the deployment is not to be found."""

    def find() -> Deployment:
        raise failing_with

    return CliRunner().invoke(parley, words, obj=GlobalOptions(find, Output(as_json=False)))


@each_command
def test_help_needs_no_account_and_has_examples(path: tuple[str, ...]) -> None:
    result = types(*path, "--help", failing_with=AssertionError("looked for"))

    _, _, shown = result.stdout.partition("Examples:")
    assert result.exit_code == ExitCode.DONE
    assert all(" ".join(path) in line for line in shown.strip().splitlines())


@each_command
def test_help_starts_with_a_sentence(path: tuple[str, ...]) -> None:
    result = types(*path, "--help", failing_with=AssertionError("looked for"))

    assert result.stdout.splitlines()[2].strip()[0].isupper()


def test_exit_codes_are_documented() -> None:
    for code in ExitCode:
        assert f" {code.value} " in EPILOG
        assert f" {code.value} " in OPERATIONS


@each_command
def test_command_is_documented(path: tuple[str, ...]) -> None:
    (line,) = (each for each in OPERATIONS.splitlines() if each.startswith(f"| `{path[0]}` |"))

    assert f"`{path[-1]}`" in line


def test_unknown_command_is_a_wrong_command_line() -> None:
    result = types("user", failing_with=AssertionError("looked for"))

    assert result.exit_code == ExitCode.WRONG_COMMAND_LINE


def test_missing_deployment_is_rejected() -> None:
    result = types("users", "list", failing_with=CommandRefused("There is no stack 'x'."))

    assert (result.exit_code, result.stderr) == (
        ExitCode.REFUSED,
        "parley: There is no stack 'x'.\n",
    )


@pytest.mark.parametrize("fault", [NoCredentialsError(), TimeoutError("timed out")])
def test_fault_of_aws_or_the_network_prints_no_traceback(fault: Exception) -> None:
    result = types("users", "list", failing_with=fault)

    assert result.exit_code == ExitCode.FAILED
    assert result.stderr == f"parley: {fault}\n"


def test_unreachable_local_stack_is_explained() -> None:
    fault = EndpointConnectionError(endpoint_url="http://127.0.0.1:4566/")

    result = types("users", "list", failing_with=fault)

    assert "while `make run` runs" in result.stderr


def test_errors_are_json_too(shell: Shell) -> None:
    result = shell.types("--json", "users", "show", "nobody")

    assert json.loads(result.stderr) == {"error": "There is no user 'nobody'."}
    assert result.stdout == ""


def test_json_keeps_every_language_readable(shell: Shell, alice: Person) -> None:
    hers = alice.logs_in()
    hers.says("žluťoučký 🐎", to=hers.creates())

    assert "žluťoučký 🐎" in shell.does("--json", "data", "export", "alice")
