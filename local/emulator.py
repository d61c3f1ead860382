"""ministack, the AWS emulator: a child process with a clean environment and state of its own."""

import contextlib
import shutil
import time
from pathlib import Path
from threading import Thread

from local.child import Child
from local.executables import emulator_python
from local.failures import LocalStackError
from local.plain_http import RefusedError, ask

_SCRIPT = Path(__file__).with_name("emulator_process.py")
_START_SECONDS = 30.0
_STOP_SECONDS = 15.0
_POLL_SECONDS = 0.05
_TIDY_SECONDS = 1.0


class Emulator:
    """Keeps its state in `home` between graceful stops, and from save to save otherwise."""

    def __init__(self, home: Path, port: int) -> None:
        self._home = home
        self._port = port
        self._keeps = False
        # Isolated (-I): our modules are not to be mistaken for those it imports.
        self.child = Child("emulator", home, emulator_python(), "-I", str(_SCRIPT))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def end_leftover(self) -> bool:
        """End the emulator of a former run that still holds this folder."""
        return self.child.end_leftover(_STOP_SECONDS)

    def start(self) -> None:
        self._forget_workers(patience_seconds=0)
        for name in ("state", "home", "tmp"):
            (self._home / name).mkdir(parents=True, exist_ok=True)
        self._move_state()
        self._keeps = False
        self.child.start(self.environment, self._home)
        self._wait_until_healthy()

    def keep(self) -> None:
        """Save everything, and from now on at every graceful end.

        Before, an end leaves the state as it was: what a half-made deployment left is no state
        to start from.
        """
        self._keeps = True
        self.child.order("keep")

    def save(self) -> None:
        """Save the tables, so that a `kill -9` loses only what comes after."""
        self.child.order("save")

    def stop(self) -> None:
        # Without a process of ours, the folder may be another one's.
        if self.child.pid is not None:
            if self._keeps:
                self.child.stop(_STOP_SECONDS)
            else:
                self.child.kill()
            self._forget_workers(_TIDY_SECONDS)

    def reset(self) -> None:
        """Forget everything that is deployed and stored."""
        ask("POST", self._port, "/_ministack/reset")

    @property
    def environment(self) -> dict[str, str]:
        """All that it and the functions get: none of the user's own variables, keys, profiles."""
        return {
            "PATH": f"{emulator_python().parent}:/usr/bin:/bin",
            "HOME": str(self._home / "home"),
            "LANG": "C.UTF-8",
            "TMPDIR": str(self._home / "tmp"),
            "GATEWAY_PORT": str(self._port),
            "BIND_HOST": "127.0.0.1",
            "AUTH": "true",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self._home / "state"),
            "LOG_LEVEL": "ERROR",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            # It would look for containers to remove.
            "DOCKER_HOST": "unix:///nowhere/docker.sock",
        }

    def _move_state(self) -> None:
        """Have what was stored under another port say the present one.

        Addresses of queues hold the port, also where functions and stacks repeat them; under
        another one the emulator would not find its own queues again.
        """
        written = self._home / "port"
        former = written.read_text() if written.exists() else str(self._port)
        for state in self._home.glob("state/*.json") if former != str(self._port) else ():
            moved = state.read_text().replace(f"//localhost:{former}", f"//localhost:{self._port}")
            state.write_text(moved)
        written.write_text(str(self._port))

    def _forget_workers(self, patience_seconds: float) -> None:
        """Delete what workers leave behind; what takes longer goes on while we run.

        Each unpacks its function with all layers, a thousand files, and never removes them.
        """
        trash = self._home / "trash"
        trash.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            (self._home / "tmp").rename(trash / str(time.time_ns()))
        deleting = Thread(target=shutil.rmtree, args=(trash,), kwargs={"ignore_errors": True})
        deleting.daemon = True
        deleting.start()
        deleting.join(patience_seconds)

    def _wait_until_healthy(self) -> None:
        until = time.monotonic() + _START_SECONDS
        while not self._is_healthy():
            if self.child.has_ended or time.monotonic() > until:
                raise LocalStackError(f"the emulator does not start:\n{self.child.last_lines()}")
            time.sleep(_POLL_SECONDS)

    def _is_healthy(self) -> bool:
        try:
            return bool(ask("GET", self._port, "/_ministack/health", timeout=2))
        except (OSError, RefusedError):
            return False
