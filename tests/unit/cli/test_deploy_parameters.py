import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.deploy_parameters import check_stack, parameters
from testing.template import FUNCTIONS, PARAMETERS

ROOT = Path(__file__).parents[3]
FRESH = """
[default.global.parameters]
stack_name = "parley"

[default.deploy.parameters]
capabilities = "CAPABILITY_IAM"
"""
ANSWERS = 'Architecture="arm64" SnapStart="true" Release="yesterday" HostedZoneId=""'
# As SAM leaves it once the questions have been answered.
ANSWERED = f"{FRESH}parameter_overrides = {json.dumps(ANSWERS)}\n"
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
LONGEST_FUNCTION_NAME = 64
NOW = datetime(2026, 11, 22, 18, 19, 14, 5, UTC)
DECIDED = "Architecture=arm64 Release=2026-11-22T18:19:14Z"


def test_each_deployment_has_a_new_release() -> None:
    told = parameters(FRESH, "parley", NOW)

    assert told == DECIDED


def test_release_matches_the_pattern_of_the_template() -> None:
    *_, release = parameters(FRESH, "parley", NOW).split("Release=")

    assert re.fullmatch(PARAMETERS["Release"]["AllowedPattern"], release)


def test_earlier_answers_are_kept_and_the_new_release_comes_last() -> None:
    told = parameters(ANSWERED, "parley", NOW)

    assert told == f"{ANSWERS} {DECIDED}"


def test_answers_for_another_stack_are_not_used() -> None:
    told = parameters(ANSWERED, "parley-test", NOW)

    assert told == DECIDED


def test_answers_belong_to_the_stack_that_they_name() -> None:
    elsewhere = ANSWERED + 'stack_name = "parley-test"\n'

    told = {stack: parameters(elsewhere, stack, NOW) for stack in ("parley", "parley-test")}

    assert "SnapStart" not in told["parley"]
    assert "SnapStart" in told["parley-test"]


def test_stack_with_too_long_a_name_is_not_deployed() -> None:
    longest = max(len(each.folder.name) for each in FUNCTIONS.values())

    check_stack("s" * (LONGEST_FUNCTION_NAME - len("-") - longest))

    with pytest.raises(SystemExit, match="at most 44 characters"):
        check_stack("s" * (LONGEST_FUNCTION_NAME - longest))


def test_it_runs_without_any_package() -> None:
    command = (sys.executable, "-I", "-S", "-c", _ALONE)

    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert "Release=20" in told


_ALONE = """
import runpy, sys
sys.path.insert(0, ".")
sys.argv = ["cli.deploy_parameters", "parley"]
runpy.run_module("cli.deploy_parameters", run_name="__main__")
"""
