"""Only a test that ran and failed finds a mutant."""

import sys
from copy import replace
from pathlib import Path

import pytest

from tests.mutants.listing import CHAT, TESTS, Mutant
from tests.mutants.trees import Children, Result, Stopped, Tree

ADDING = "def add(one, other):\n    return one + other\n"
TEST = """
from layers.chat.chat.adding import add

def test_two_and_three_are_five():
    assert add(2, 3) == 5
"""
MUTANT = Mutant(
    file="adding.py", breaks="It adds.", before="+", after="-", tests=["test_adding.py"]
)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Give a tree of one module and its test."""
    for path, text in {CHAT / "adding.py": ADDING, TESTS / "test_adding.py": TEST}.items():
        (tmp_path / "source" / path).parent.mkdir(parents=True)
        (tmp_path / "source" / path).write_text(text)
    return Tree(tmp_path / "copy", Children(), tmp_path / "source")


def test_a_test_that_fails_finds_the_mutant(tree: Tree) -> None:
    result = tree.try_mutant(MUTANT)

    assert result == Result(failed=True, said="test_adding.py::test_two_and_three_are_five")


def test_a_mutant_that_no_test_finds_survives(tree: Tree) -> None:
    result = tree.try_mutant(replace(MUTANT, after="+ 0 +"))

    assert result == Result(failed=False, said="")


@pytest.mark.parametrize(
    "broken",
    [
        replace(MUTANT, before="*"),
        replace(MUTANT, after="+ ("),
        replace(MUTANT, tests=["test_nothing.py"]),
    ],
)
def test_tests_that_cannot_run_find_nothing(tree: Tree, broken: Mutant) -> None:
    result = tree.try_mutant(broken)

    assert (result.failed, result.is_broken) == (False, True)


def test_tree_is_restored_after_a_mutant(tree: Tree, tmp_path: Path) -> None:
    module = tmp_path / "copy" / CHAT / "adding.py"
    times = module.stat().st_mtime_ns

    tree.try_mutant(replace(MUTANT, tests=["test_nothing.py"]))

    assert (module.read_text(), module.stat().st_mtime_ns) == (ADDING, times)


def test_run_that_times_out_is_killed_and_counts_as_failed(tree: Tree, tmp_path: Path) -> None:
    endless = "while True:\n    pass\n"
    (tmp_path / "copy" / CHAT / "adding.py").write_text(endless)

    result = tree.run(MUTANT.node_ids, 0.5)

    assert (result.failed, result.said) == (True, "no end in 0.5 s")


def test_stopping_kills_running_tests_and_starts_no_more(tmp_path: Path) -> None:
    children = Children()
    command = [sys.executable, "-c", "while True: pass"]
    child = children.start(command, tmp_path)

    children.end_all()

    assert child.returncode is not None
    with pytest.raises(Stopped):
        children.start(command, tmp_path)
