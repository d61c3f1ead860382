"""Workflows run the project's own commands, with as few rights as they need."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.docs.pages import REPOSITORY, name_of

WORKFLOWS = sorted((REPOSITORY / ".github/workflows").glob("*.yml"))

each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)


def read(path: Path) -> Any:  # noqa: ANN401 -- any document
    return yaml.safe_load(path.read_text())


def steps(path: Path) -> list[dict[str, str]]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


@each_workflow
def test_every_workflow_action_is_pinned_to_a_commit(path: Path) -> None:
    used = [step["uses"] for step in steps(path) if "uses" in step]

    assert used
    assert [each for each in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each)] == []


@each_workflow
def test_workflow_has_read_only_permissions(path: Path) -> None:
    permissions = read(path)["permissions"]

    # The token with which a role is assumed says who runs, and opens nothing here.
    assert permissions | {"id-token": "write"} == {"contents": "read", "id-token": "write"}


def test_ci_runs_one_command() -> None:
    ran = [step["run"] for step in steps(REPOSITORY / ".github/workflows/ci.yml") if "run" in step]

    assert ran == [".ci/run"]


def test_a_deployment_by_hand_runs_the_command_of_the_makefile() -> None:
    (ran,) = [
        step["run"] for step in steps(REPOSITORY / ".github/workflows/deploy.yml") if "run" in step
    ]

    assert ran.startswith("make deploy GUIDED=")
