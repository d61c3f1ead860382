"""Processes that must not be left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from local import leash
from local.child import Child
from tests.integration.local.scripted_aws import PATIENCE_SECONDS

PYTHON = Path(sys.executable)
LEASH = leash.__file__

# All hold a pipe open, which ends for its reader when the last process that holds it has.
HOLD = "import os, signal, subprocess, sys, time; pipe = os.open(sys.argv[1], os.O_WRONLY);"
UP = "os.write(pipe, b'up\\n');"
OBEDIENT = f"{HOLD} print('hello', flush=True); {UP} sys.stdin.read()"
DEAF = f"{HOLD} signal.signal(signal.SIGTERM, signal.SIG_IGN); {UP} time.sleep(60)"
PARENT = f"{HOLD} subprocess.Popen(['sleep', '60'], pass_fds=[pipe]); {UP} time.sleep(60)"


@dataclass
class Example:
    """A child that tells on a pipe that it is up, and by its end that it is gone."""

    home: Path

    @property
    def pipe(self) -> Path:
        return self.home / "pipe"

    def child(self, *arguments: str) -> Child:
        return Child("example", self.home, PYTHON, *arguments, str(self.pipe))

    def starts(self, *arguments: str) -> "tuple[Child, IO[str]]":
        child = self.child(*arguments)
        child.start(os.environ, self.home)
        return child, self.hears_up()

    def hears_up(self) -> IO[str]:
        heard = self.pipe.open()
        assert heard.readline() == "up\n"
        return heard


def runs(*command: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, *command], stdin=subprocess.PIPE, start_new_session=True
    )


@pytest.fixture
def example(tmp_path: Path) -> Iterator[Example]:
    os.mkfifo(tmp_path / "pipe")
    yield Example(tmp_path)
    Child("example", tmp_path, PYTHON).end_leftover(0)


def is_gone(heard: IO[str]) -> bool:
    with heard:
        return heard.read() == ""


def test_a_child_is_asked_to_stop(example: Example) -> None:
    child, heard = example.starts("-c", OBEDIENT)

    child.stop(patience_seconds=PATIENCE_SECONDS)

    assert is_gone(heard)


def test_a_child_that_does_not_stop_is_made_to(example: Example) -> None:
    child, heard = example.starts("-c", DEAF)

    child.stop(patience_seconds=0.05)

    assert is_gone(heard)


def test_what_a_child_started_ends_with_it(example: Example) -> None:
    child, heard = example.starts("-c", PARENT)

    child.stop(patience_seconds=PATIENCE_SECONDS)

    assert is_gone(heard)


def test_what_a_killed_child_started_ends_when_it_is_stopped(example: Example) -> None:
    child, heard = example.starts("-c", PARENT)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.wait()

    child.stop(patience_seconds=PATIENCE_SECONDS)

    assert child.has_ended
    assert is_gone(heard)


def test_stopping_twice_or_before_starting_is_no_fault(example: Example) -> None:
    child = example.child("-c", OBEDIENT)

    child.stop(patience_seconds=PATIENCE_SECONDS)
    child.stop(patience_seconds=PATIENCE_SECONDS)

    assert child.has_ended


def test_what_a_child_says_is_kept(example: Example) -> None:
    child, heard = example.starts("-c", OBEDIENT)

    child.stop(patience_seconds=PATIENCE_SECONDS)

    assert child.last_lines() == "hello"
    assert is_gone(heard)


def test_a_child_ends_when_its_parent_is_killed(example: Example) -> None:
    parent = (
        "import os, sys; from pathlib import Path; from local.child import Child;"
        "home, *arguments = sys.argv[1:];"
        "child = Child('example', Path(home), Path(sys.executable), *arguments);"
        "child.start(os.environ, Path(home)); child.wait()"
    )

    with runs("-c", parent, str(example.home), "-c", OBEDIENT, str(example.pipe)) as process:
        heard = example.hears_up()
        process.kill()

    assert is_gone(heard)


def test_a_command_on_a_leash_ends_with_the_lifeline(example: Example) -> None:
    with runs(LEASH, sys.executable, "-c", PARENT, str(example.pipe)) as process:
        heard = example.hears_up()
        assert process.stdin is not None

        process.stdin.close()

        assert is_gone(heard)
        assert process.wait() == -signal.SIGKILL


def test_a_command_on_a_leash_gives_its_exit_code() -> None:
    with runs(LEASH, sys.executable, "-c", "raise SystemExit(7)") as process:
        code = process.wait()

    assert code == 7


def test_the_leftover_of_a_former_run_is_ended(example: Example) -> None:
    child, heard = example.starts("-c", DEAF)

    was_there = example.child().end_leftover(patience_seconds=0.05)

    assert was_there
    assert is_gone(heard)
    child.kill()


def test_a_pid_that_another_process_has_by_now_is_left_alone(example: Example) -> None:
    with runs("-c", OBEDIENT, str(example.pipe)) as other:
        heard = example.hears_up()
        (example.home / "example.pid").write_text(str(other.pid))

        was_there = example.child().end_leftover(patience_seconds=PATIENCE_SECONDS)

        assert not was_there
        assert other.poll() is None
    assert is_gone(heard)


@pytest.mark.parametrize("content", [None, "", "nonsense"])
def test_without_a_pid_there_is_no_leftover(example: Example, content: str | None) -> None:
    if content is not None:
        (example.home / "example.pid").write_text(content)

    assert not example.child().end_leftover(patience_seconds=PATIENCE_SECONDS)
