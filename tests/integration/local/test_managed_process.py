"""Processes end with the process that started them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from local.managed_process import ManagedProcess
from local.tools import ROOT
from tests.integration.local.scripted_aws import PATIENCE_SECONDS

PYTHON = Path(sys.executable)
SUPERVISED = ("-m", "local.managed_process", sys.executable)

# Each holds a pipe open. The pipe ends for its reader when the last of the processes has ended.
HOLD = "import os, signal, subprocess, sys, time; pipe = os.open(sys.argv[1], os.O_WRONLY);"
UP = "os.write(pipe, b'up\\n');"
OBEDIENT = f"{HOLD} print('hello', flush=True); {UP} sys.stdin.read()"
IGNORES_SIGTERM = f"{HOLD} signal.signal(signal.SIGTERM, signal.SIG_IGN); {UP} time.sleep(60)"
PARENT = f"{HOLD} subprocess.Popen(['sleep', '60'], pass_fds=[pipe]); {UP} time.sleep(60)"


@dataclass
class Example:
    """A process that writes to a pipe when it is up. The pipe ends with the process."""

    home: Path

    @property
    def pipe(self) -> Path:
        return self.home / "pipe"

    def process(self, *arguments: str) -> ManagedProcess:
        return ManagedProcess("example", self.home, PYTHON, *arguments, str(self.pipe))

    def starts(self, *arguments: str) -> "tuple[ManagedProcess, IO[str]]":
        process = self.process(*arguments)
        process.start(os.environ, self.home)
        return process, self.reads_up()

    def reads_up(self) -> IO[str]:
        output = self.pipe.open()
        assert output.readline() == "up\n"
        return output


def runs(*command: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True
    )


@pytest.fixture
def example(tmp_path: Path) -> Iterator[Example]:
    os.mkfifo(tmp_path / "pipe")
    yield Example(tmp_path)
    ManagedProcess("example", tmp_path, PYTHON).kill_stale(0)


def is_gone(output: IO[str]) -> bool:
    with output:
        return output.read() == ""


def test_a_process_is_asked_to_stop(example: Example) -> None:
    process, output = example.starts("-c", OBEDIENT)

    process.stop(timeout_seconds=PATIENCE_SECONDS)

    assert is_gone(output)


def test_a_process_that_does_not_stop_is_killed(example: Example) -> None:
    process, output = example.starts("-c", IGNORES_SIGTERM)

    process.stop(timeout_seconds=0.05)

    assert is_gone(output)


def test_the_children_of_a_stopped_process_end_too(example: Example) -> None:
    process, output = example.starts("-c", PARENT)

    process.stop(timeout_seconds=PATIENCE_SECONDS)

    assert is_gone(output)


def test_the_children_of_a_killed_process_end_when_it_is_stopped(example: Example) -> None:
    process, output = example.starts("-c", PARENT)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    process.stop(timeout_seconds=PATIENCE_SECONDS)

    assert process.has_ended
    assert is_gone(output)


def test_stopping_twice_or_before_the_start_does_nothing(example: Example) -> None:
    process = example.process("-c", OBEDIENT)

    process.stop(timeout_seconds=PATIENCE_SECONDS)
    process.stop(timeout_seconds=PATIENCE_SECONDS)

    assert process.has_ended


def test_the_output_of_a_process_is_kept(example: Example) -> None:
    process, output = example.starts("-c", OBEDIENT)

    process.stop(timeout_seconds=PATIENCE_SECONDS)

    assert process.last_lines() == "hello"
    assert is_gone(output)


def test_a_process_ends_when_its_parent_is_killed(example: Example) -> None:
    parent = (
        "import os, sys; from pathlib import Path;"
        "from local.managed_process import ManagedProcess;"
        "home, *arguments = sys.argv[1:];"
        "process = ManagedProcess('example', Path(home), Path(sys.executable), *arguments);"
        "process.start(os.environ, Path(home)); process.wait()"
    )

    with runs("-c", parent, str(example.home), "-c", OBEDIENT, str(example.pipe)) as process:
        output = example.reads_up()
        process.kill()

    assert is_gone(output)


def test_a_supervised_command_ends_with_the_keepalive_pipe(example: Example) -> None:
    with runs(*SUPERVISED, "-c", PARENT, str(example.pipe)) as process:
        output = example.reads_up()
        assert process.stdin is not None

        process.stdin.close()

        assert is_gone(output)
        assert process.wait() == -signal.SIGKILL


def test_a_supervised_command_returns_its_exit_code() -> None:
    with runs(*SUPERVISED, "-c", "raise SystemExit(7)") as process:
        code = process.wait()

    assert code == 7


def test_a_process_of_an_earlier_run_is_stopped(example: Example) -> None:
    process, output = example.starts("-c", IGNORES_SIGTERM)

    was_there = example.process().kill_stale(timeout_seconds=0.05)

    assert was_there
    assert is_gone(output)
    process.kill()


def test_a_process_that_got_the_pid_later_is_not_stopped(example: Example) -> None:
    with runs("-c", OBEDIENT, str(example.pipe)) as other:
        output = example.reads_up()
        (example.home / "example.pid").write_text(str(other.pid))

        was_there = example.process().kill_stale(timeout_seconds=PATIENCE_SECONDS)

        assert not was_there
        assert other.poll() is None
    assert is_gone(output)


@pytest.mark.parametrize("content", [None, "", "nonsense"])
def test_without_a_pid_file_nothing_is_stopped(example: Example, content: str | None) -> None:
    if content is not None:
        (example.home / "example.pid").write_text(content)

    assert not example.process().kill_stale(timeout_seconds=PATIENCE_SECONDS)
