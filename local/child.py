"""A process that we start and must not leave behind."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

_POLL_SECONDS = 0.05


class Child:
    """A Python process in a session of its own: the terminal's Ctrl-C reaches it only through us.

    Its standard input is a lifeline. It ends when we do, however we end, and the process is one
    that stops itself then. A pid file in `home` lets the next run wait for a process that is
    still stopping, or end one that hangs.
    """

    def __init__(self, name: str, home: Path, python: Path, *arguments: str) -> None:
        self.name = name
        self._home = home
        # Python ignores what it does not know after -X: here it says in `ps` whose process it is.
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

    def order(self, word: str) -> None:
        """Tell the process something over the lifeline."""
        if self._process is not None and self._process.stdin is not None:
            # A process that has just ended hears nothing; that it ended is noticed elsewhere.
            with contextlib.suppress(BrokenPipeError):
                os.write(self._process.stdin.fileno(), word.encode() + b"\n")

    def let_go(self) -> None:
        """End its lifeline, as our own end would."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def stop(self, patience_seconds: float) -> None:
        """Have it end by itself, or else by force, with all that it has started."""
        if self._process is not None and not self.has_ended:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience_seconds)
        self.kill()

    def kill(self) -> None:
        if self._process is not None:
            _kill_session(self._process.pid)
            self._process.wait()
            self.let_go()
            self._process = None
            self._pid_file.unlink(missing_ok=True)

    def end_leftover(self, patience_seconds: float) -> bool:
        """End the process of a former run in the same home, and say whether there was one.

        A pid is used again sooner or later: only a process that carries our mark is ours.
        """
        try:
            pid = int(self._pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return False
        found = self._mark in _command_line(pid)
        if found:
            self._end(pid, patience_seconds)
        self._pid_file.unlink()
        return found

    def last_lines(self, count: int = 20) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-count:])

    def _end(self, pid: int, patience_seconds: float) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + patience_seconds
        while self._mark in _command_line(pid):
            if time.monotonic() > until:
                _kill_session(pid)
            time.sleep(_POLL_SECONDS)

    @property
    def _log(self) -> Path:
        return self._home / f"{self.name}.log"

    @property
    def _pid_file(self) -> Path:
        return self._home / f"{self.name}.pid"


def _kill_session(pid: int) -> None:
    # The group lives on as long as one of its processes does, though its leader be gone.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _command_line(pid: int) -> str:
    """Give the command line of a running process, and nothing for one that is not."""
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
