import socket
from pathlib import Path

import pytest

from local.options import USUAL, Options
from local.tools import LocalStackError


def test_without_variables_the_ports_are_8080_and_4566() -> None:
    options = Options.from_environment({})

    assert (options.port, options.aws_port) == (8080, 4566)
    assert options.data.name == ".local"
    assert options.parameters == USUAL


def test_the_variables_of_make_set_the_options() -> None:
    given = {"PORT": "9000", "AWS_PORT": "9001", "DATA": "elsewhere", "AUTH_DEADLINE_SECONDS": "5"}

    options = Options.from_environment(given)

    assert (options.port, options.aws_port) == (9000, 9001)
    assert options.data == Path("elsewhere").absolute()
    assert options.parameters == USUAL | {"AuthDeadlineSeconds": "5"}


def test_a_port_that_is_not_a_number_is_reported() -> None:
    with pytest.raises(LocalStackError, match="PORT is not a number: 'http'"):
        Options.from_environment({"PORT": "http"})


def test_parameters_of_the_template_are_given_by_name() -> None:
    text = "ExternalAudience=web,phone SessionSeconds=60 ExternalKeysUrl=https://a.example/?a=b"

    options = Options.from_environment({"PARAMETERS": text, "AUTH_DEADLINE_SECONDS": "5"})

    assert options.parameters == USUAL | {
        "ExternalAudience": "web,phone",
        "SessionSeconds": "60",
        "ExternalKeysUrl": "https://a.example/?a=b",
        "AuthDeadlineSeconds": "5",
    }


@pytest.mark.parametrize("text", ["SessionSeconds", "=60", "SessionSeconds = 60"])
def test_parameters_without_a_name_or_a_value_are_reported(text: str) -> None:
    with pytest.raises(LocalStackError, match="PARAMETERS"):
        Options.from_environment({"PARAMETERS": text})


def test_tests_get_free_ports_and_faults(tmp_path: Path) -> None:
    options = Options.for_tests(tmp_path)

    assert options.port != options.aws_port
    assert "--faults" in options.gateway


def test_functions_run_in_the_emulator_unless_sam_is_asked_for() -> None:
    assert Options.from_environment({"LAMBDA": ""}).lambda_port is None
    assert Options.from_environment({"LAMBDA": "sam", "LAMBDA_PORT": "3001"}).lambda_port == 3001


def test_sam_gets_a_port_that_is_free() -> None:
    port = Options.from_environment({"LAMBDA": "sam"}).lambda_port

    assert port
    socket.create_server(("127.0.0.1", port)).close()


def test_another_place_of_the_functions_is_not_known() -> None:
    with pytest.raises(LocalStackError, match="LAMBDA is 'sam' or not given: 'docker'"):
        Options.from_environment({"LAMBDA": "docker"})
