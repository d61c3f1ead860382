"""A frame that was added as docs/add-a-frame.md says is whole, and is added in few places."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.tools import sam
from tests.unit.docs.page_follower import PageFollower
from tests.unit.docs.pages import DOCS, REPOSITORY

ADDED = "who_am_i"
COPIED = [
    "cli",
    "clients",
    "docs",
    "events",
    "functions",
    "layers",
    "local",
    "bench",
    "testing",
    "tests",
]
FILES = ["pyproject.toml", "template.yaml", "samconfig.toml", "Makefile"]
PYTHON = [
    "functions",
    "layers/chat",
    "docs",
    "testing",
    *(f"tests/unit/{package}" for package in ("actions", "protocol", "runtime", "template")),
]
MOST_LINES_OF_TEMPLATE = 30
MOST_EDITS, MOST_FILES = 9, 8
NOT_COPIED = shutil.ignore_patterns("__pycache__", "node_modules", "e2e")

PYTEST = ("pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
TEMPLATE = (
    "routes",
    "functions",
    "loops",
    "snapshots",
    "grants",
    "grants_and_requests",
    "gradual_deployments",
    "observability",
)
REFERENCE = ("asyncapi", "examples", "protocol_page")
CHECKS = {
    "the frame": (
        *PYTEST,
        f"tests/unit/actions/test_{ADDED}.py",
        "tests/unit/protocol/test_client_frames.py",
        "tests/unit/protocol/test_server_frames.py",
        "tests/unit/runtime/test_routes.py",
        *(f"tests/unit/docs/test_{what}.py" for what in REFERENCE),
    ),
    "its template": (*PYTEST, *(f"tests/unit/template/test_{what}.py" for what in TEMPLATE)),
    "its start and its reply": (
        *PYTEST,
        "tests/unit/actions/test_authorization.py",
        "tests/unit/runtime/test_replies.py",
        "tests/unit/imports/test_imports.py",
        "tests/unit/runtime/test_recorded_events.py",
        "-k",
        ADDED,
    ),
    "its style": ("ruff", "check", "--no-cache", *PYTHON),
    "its format": ("ruff", "format", "--check", "--no-cache", *PYTHON),
}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> PageFollower:
    """Follow the page in a copy of the repository."""
    copy = tmp_path_factory.mktemp("repository")
    for name in COPIED:
        shutil.copytree(REPOSITORY / name, copy / name, ignore=NOT_COPIED)
    for name in FILES:
        shutil.copy(REPOSITORY / name, copy)
    reader = PageFollower(copy)
    reader.follows((DOCS / "add-a-frame.md").read_text())
    return reader


@pytest.fixture
def repository(reader: PageFollower) -> Path:
    return reader.repository


@pytest.mark.parametrize("command", CHECKS.values(), ids=CHECKS)
def test_followed_page_yields_a_complete_frame(repository: Path, command: tuple[str, ...]) -> None:
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


def test_a_frame_takes_few_edits_in_few_files(reader: PageFollower) -> None:
    assert 0 < len(reader.edited) <= MOST_EDITS
    assert len(set(reader.edited)) <= MOST_FILES
