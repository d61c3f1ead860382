"""Whoever adds a frame as docs/add-a-frame.md says has added it, whole."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.tools import sam
from tests.unit.docs.pages import DOCS, REPOSITORY
from tests.unit.docs.reader import Reader

ADDED = "who_am_i"
COPIED = ["cli", "docs", "events", "functions", "layers", "local", "bench", "testing", "tests"]
FILES = ["pyproject.toml", "template.yaml", "samconfig.toml", "Makefile"]
PYTHON = [
    "functions",
    "layers/chat",
    "docs",
    "testing",
    *(f"tests/unit/{package}" for package in ("actions", "protocol", "runtime", "template")),
]
MOST_LINES_OF_TEMPLATE = 30
NOT_COPIED = shutil.ignore_patterns("__pycache__", "node_modules", "e2e")

PYTEST = ("pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
TEMPLATE = (
    "routes",
    "functions",
    "loops",
    "grants",
    "grants_and_requests",
    "gradual_deployments",
    "observability",
)
REFERENCE = ("asyncapi", "examples")
CHECKS = {
    "the frame": (
        *PYTEST,
        f"tests/unit/actions/test_{ADDED}.py",
        "tests/unit/runtime/test_replies.py",
        "tests/unit/protocol",
        *(f"tests/unit/docs/test_{what}.py" for what in REFERENCE),
    ),
    "its template": (*PYTEST, *(f"tests/unit/template/test_{what}.py" for what in TEMPLATE)),
    "its start": (
        *PYTEST,
        "tests/unit/imports/test_imports.py",
        "tests/unit/runtime/test_recorded_events.py",
        "-k",
        ADDED,
    ),
    "its style": ("ruff", "check", "--no-cache", *PYTHON),
    "its format": ("ruff", "format", "--check", "--no-cache", *PYTHON),
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the repository to which the page was applied."""
    copy = tmp_path_factory.mktemp("repository")
    for name in COPIED:
        shutil.copytree(REPOSITORY / name, copy / name, ignore=NOT_COPIED)
    for name in FILES:
        shutil.copy(REPOSITORY / name, copy)
    Reader(copy).follows((DOCS / "add-a-frame.md").read_text())
    return copy


@pytest.mark.parametrize("command", CHECKS.values(), ids=CHECKS)
def test_the_frame_is_whole(repository: Path, command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=repository,
        env=os.environ | {"PARLEY_SAM": str(sam())},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_route_costs_at_most_thirty_lines_of_the_template(repository: Path) -> None:
    before, after = (
        len((folder / "template.yaml").read_text().splitlines())
        for folder in (REPOSITORY, repository)
    )

    assert 0 < after - before <= MOST_LINES_OF_TEMPLATE
