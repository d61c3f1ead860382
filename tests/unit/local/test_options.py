from pathlib import Path

import pytest

from local.failures import LocalStackError
from local.options import Options


def test_nothing_given_means_the_usual_ports() -> None:
    options = Options.from_environment({})

    assert (options.port, options.aws_port) == (8080, 4566)
    assert options.data.name == ".local"
    assert options.parameters == {}


def test_what_make_is_given_counts() -> None:
    given = {"PORT": "9000", "AWS_PORT": "9001", "DATA": "elsewhere", "AUTH_DEADLINE_SECONDS": "5"}

    options = Options.from_environment(given)

    assert (options.port, options.aws_port) == (9000, 9001)
    assert options.data == Path("elsewhere").absolute()
    assert options.parameters == {"AuthDeadlineSeconds": "5"}


def test_a_port_that_is_no_number_is_said_so() -> None:
    with pytest.raises(LocalStackError, match="PORT is no number: 'http'"):
        Options.from_environment({"PORT": "http"})


def test_tests_get_ports_that_differ(tmp_path: Path) -> None:
    options = Options.for_tests(tmp_path)

    assert options.port != options.aws_port
    assert "--faults" in options.gateway
