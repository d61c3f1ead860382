"""Tests that the pages name exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NAMED = re.compile(r"`(?:tests/)?([a-z0-9_/]+\.py)::(test_\w+)`")
PAGES = sorted(page for page in (ROOT / "docs").glob("*.md") if NAMED.search(page.read_text()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_named_test_is_there(page: Path) -> None:
    named = NAMED.findall(page.read_text())

    missing = [
        f"{file}::{function}"
        for file, function in named
        if f"def {function}(" not in _text(ROOT / "tests" / file)
    ]

    assert not missing


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""
