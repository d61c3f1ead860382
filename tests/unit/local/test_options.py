from pathlib import Path

import pytest

from local.options import Options
from local.tools import LocalStackError


def test_without_variables_the_ports_are_8080_and_4566() -> None:
    options = Options.from_environment({})

    assert (options.port, options.aws_port) == (8080, 4566)
    assert options.data.name == ".local"
    assert options.parameters == {}


def test_the_variables_of_make_set_the_options() -> None:
    given = {"PORT": "9000", "AWS_PORT": "9001", "DATA": "elsewhere", "AUTH_DEADLINE_SECONDS": "5"}

    options = Options.from_environment(given)

    assert (options.port, options.aws_port) == (9000, 9001)
    assert options.data == Path("elsewhere").absolute()
    assert options.parameters == {"AuthDeadlineSeconds": "5"}


def test_a_port_that_is_not_a_number_is_reported() -> None:
    with pytest.raises(LocalStackError, match="PORT is not a number: 'http'"):
        Options.from_environment({"PORT": "http"})


def test_tests_get_free_ports_and_faults(tmp_path: Path) -> None:
    options = Options.for_tests(tmp_path)

    assert options.port != options.aws_port
    assert "--faults" in options.gateway
