"""Processes that must not outlive the process that started them.

A keepalive pipe ties the two: it is the child's standard input, and ends with the parent, also when
the parent is killed. A program that does not read its standard input, such as the SAM CLI, runs
under `python -m local.managed_process COMMAND …`, which reads it in its place.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread

from local.tools import LocalStackError

_POLL_SECONDS = 0.05


class ManagedProcess:
    """A Python process in a session of its own: the terminal's Ctrl-C reaches it only through us.

    The program must end when its standard input does. A pid file in `home` lets the next run stop
    a process that is still there.
    """

    def __init__(self, name: str, home: Path, python: Path, *arguments: str) -> None:
        self.name = name
        self._home = home
        # Python ignores unknown words after -X. This one marks the process as ours in `ps`.
        self._mark = f" -X parley={home} "
        self._command = [str(python), "-X", f"parley={home}", *arguments]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str], folder: Path) -> None:
        self._home.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - a command of our own
                self._command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                cwd=folder,
                start_new_session=True,
            )
        self._pid_file.write_text(str(self._process.pid))

    @property
    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def wait(self) -> int:
        """Wait for its end, and give its exit code."""
        assert self._process is not None, f"{self.name} was not started"  # noqa: S101 - our own fault
        return self._process.wait()

    def wait_until(self, is_ready: Callable[[], bool], timeout_seconds: float) -> None:
        """Wait until it does its work.

        Raises:
            LocalStackError: it has ended, or is not ready in time.
        """
        deadline = time.monotonic() + timeout_seconds
        while not is_ready():
            if self.has_ended or time.monotonic() > deadline:
                raise LocalStackError(f"the {self.name} does not start:\n{self.last_lines()}")
            time.sleep(_POLL_SECONDS)

    def send(self, command: str) -> None:
        """Send a line through the keepalive pipe."""
        if self._process is not None and self._process.stdin is not None:
            # A process that has just ended reads nothing; `has_ended` reports that.
            with contextlib.suppress(BrokenPipeError):
                os.write(self._process.stdin.fileno(), command.encode() + b"\n")

    def release(self) -> None:
        """Close the keepalive pipe, as the end of this process would."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def stop(self, timeout_seconds: float) -> None:
        """Ask it to end; after the time-out kill it, with all processes that it has started."""
        if self._process is not None and not self.has_ended:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout_seconds)
        self.kill()

    def kill(self) -> None:
        if self._process is not None:
            _kill_session(self._process.pid)
            self._process.wait()
            self.release()
            self._process = None
            self._pid_file.unlink(missing_ok=True)

    def kill_stale(self, timeout_seconds: float) -> bool:
        """Stop the process that an earlier run left in `home`. Return whether there was one.

        The system gives a pid again later, so only a process with our mark is stopped.
        """
        try:
            pid = int(self._pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return False
        found = self._mark in _command_line(pid)
        if found:
            self._stop_stale(pid, timeout_seconds)
        self._pid_file.unlink()
        return found

    def last_lines(self, count: int = 20) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-count:])

    def _stop_stale(self, pid: int, timeout_seconds: float) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + timeout_seconds
        while self._mark in _command_line(pid):
            if time.monotonic() > deadline:
                _kill_session(pid)
            time.sleep(_POLL_SECONDS)

    @property
    def _log(self) -> Path:
        return self._home / f"{self.name}.log"

    @property
    def _pid_file(self) -> Path:
        return self._home / f"{self.name}.pid"


def _kill_session(pid: int) -> None:
    # The group exists as long as one of its processes does, even without its leader.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _command_line(pid: int) -> str:
    """Give the command line of a running process, or an empty text."""
    if Path("/proc/self/cmdline").exists():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        return ""
    return subprocess.run(  # noqa: S603 - a number
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout


def main() -> int:
    """Run a command until it ends or standard input does."""
    signal.signal(signal.SIGTERM, lambda *_: _kill_own_session())
    Thread(target=_kill_when_stdin_ends, daemon=True).start()
    return subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603 - the caller's command


def _kill_when_stdin_ends() -> None:
    # Not through sys.stdin: Python would wait at its end until this thread has finished reading.
    while os.read(0, 1024):
        pass
    _kill_own_session()


def _kill_own_session() -> None:
    # The session is the command, the processes that it has started, and this one.
    os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
