"""What import-linter cannot hold, since the tests are no package."""

import ast
from collections.abc import Iterator
from pathlib import Path

from testing.template import REPOSITORY

TESTS = REPOSITORY / "tests"
COST = TESTS / "unit/cost"
"""The tests of what `make cost` computes."""


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


def test_only_the_tests_of_costs_import_the_benchmarks() -> None:
    importing = {
        path
        for path in TESTS.rglob("*.py")
        if any(name.partition(".")[0] == "bench" for name in imported(path))
    }

    assert importing
    assert {path for path in importing if not path.is_relative_to(COST)} == set()
