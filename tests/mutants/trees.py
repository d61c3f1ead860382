"""Copies of the tree, in which tests run with or without a mutant."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from tests.mutants.listing import Mutant, NotInPlace

ROOT = Path(__file__).parents[2]
OUTPUT = "output.txt"
TEST_SECONDS = 60
LONGEST_SECONDS = 120
"""For the tests of one mutant: one that hangs is found."""

type Child = subprocess.Popen[bytes]

_PYTEST = (
    sys.executable,
    "-m",
    "pytest",
    "-x",
    "-q",
    "-p",
    "no:cacheprovider",
    f"--timeout={TEST_SECONDS}",
)
_NOT_COPIED = shutil.ignore_patterns(".*", "node_modules", "__pycache__", "test-results")
_FAILED = re.compile(r"^(?:FAILED|ERROR) tests/(\S+)", re.MULTILINE)
_ALL_PASSED, _SOME_FAILED = 0, 1
"""https://docs.pytest.org/en/stable/reference/exit-codes.html"""


class Stopped(Exception):
    """The run is to end: no more tests are started."""


class Result(NamedTuple):
    """What became of some tests."""

    failed: bool
    said: str
    """Which test failed, or what pytest said if it could not run them."""

    is_broken: bool = False

    @property
    def passed(self) -> bool:
        return not self.failed and not self.is_broken


class Children:
    """The processes that run, each with all that it started."""

    def __init__(self) -> None:
        self._running: set[Child] = set()
        self._stopped = False
        self._lock = Lock()

    def start(self, command: Sequence[str], tree: Path, **variables: str) -> Child:
        with self._lock:
            if self._stopped:
                raise Stopped
            with (tree / OUTPUT).open("w") as output:
                child = subprocess.Popen(
                    command,
                    cwd=tree,
                    env={**os.environ, **variables},
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            self._running.add(child)
            return child

    def end(self, child: Child) -> None:
        """End a process and its own children, and wait until it is gone."""
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        self._running.discard(child)

    def end_all(self) -> None:
        with self._lock:
            self._stopped = True
            for child in list(self._running):
                self.end(child)


class Tree:
    """A copy of a tree, at a path where nothing is yet."""

    def __init__(self, path: Path, children: Children, source: Path = ROOT) -> None:
        shutil.copytree(source, path, ignore=_NOT_COPIED)
        self._path = path
        self._children = children

    def try_mutant(self, mutant: Mutant) -> Result:
        try:
            with self._mutated(mutant):
                # What was compiled before stays valid for all files but the mutated one.
                return self.run(mutant.node_ids, LONGEST_SECONDS, PYTHONDONTWRITEBYTECODE="1")
        except NotInPlace:
            return Result(failed=False, said=NotInPlace.__doc__ or "", is_broken=True)

    def run(self, node_ids: Sequence[str], longest_seconds: float, **variables: str) -> Result:
        child = self._children.start([*_PYTEST, *node_ids], self._path, **variables)
        try:
            child.wait(longest_seconds)
        except subprocess.TimeoutExpired:
            return Result(failed=True, said=f"no end in {longest_seconds} s")
        finally:
            self._children.end(child)
        if child.returncode == _ALL_PASSED:
            return Result(failed=False, said="")
        output = (self._path / OUTPUT).read_text()
        found = _FAILED.search(output)
        if child.returncode != _SOME_FAILED or found is None:
            return Result(failed=False, said=output.strip(), is_broken=True)
        return Result(failed=True, said=found[1])

    @contextmanager
    def _mutated(self, mutant: Mutant) -> Iterator[None]:
        path = self._path / mutant.path
        original, times = path.read_text(), path.stat()
        path.write_text(mutant.applied_to(original))
        try:
            yield
        finally:
            path.write_text(original)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
