"""ministack, the AWS emulator: a child process with a clean environment and state of its own."""

import contextlib
import shutil
import time
from pathlib import Path
from threading import Thread
from urllib.request import ProxyHandler, Request, build_opener

from local.managed_process import ManagedProcess
from local.tools import emulator_python

_SCRIPT = Path(__file__).with_name("emulator_server.py")
_START_SECONDS = 30.0
_STOP_SECONDS = 15.0
_CLEAN_UP_SECONDS = 1.0
_HEALTH_SECONDS = 2.0
_RESET_SECONDS = 30.0
# No proxy that is set for other addresses.
_HTTP = build_opener(ProxyHandler({}))


class Emulator:
    """Its state is in `home`: complete after a graceful stop, else as of the last save."""

    def __init__(self, home: Path, port: int) -> None:
        self._home = home
        self._port = port
        self._persists = False
        # Isolated (-I): it must not import our modules in place of its own.
        self.process = ManagedProcess("emulator", home, emulator_python(), "-I", str(_SCRIPT))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def kill_stale(self) -> bool:
        """Stop the emulator that an earlier run left here. Return whether there was one."""
        return self.process.kill_stale(_STOP_SECONDS)

    def start(self) -> None:
        self._delete_worker_files(timeout_seconds=0)
        for name in ("state", "home", "tmp"):
            (self._home / name).mkdir(parents=True, exist_ok=True)
        self._move_state()
        self._persists = False
        self.process.start(self.environment, self._home)
        self.process.wait_until(self._is_healthy, _START_SECONDS)

    def persist(self) -> None:
        """Save everything now, and from now on at each graceful end.

        An end before this leaves the state as it was: nobody wants to start again from a deployment
        that stopped half-way.
        """
        self._persists = True
        self.process.send("persist")

    def save_tables(self) -> None:
        """Save the tables, so that a `kill -9` loses only what is written later."""
        self.process.send("save")

    def stop(self) -> None:
        # Without a process of ours, the folder may belong to another run.
        if self.process.pid is not None:
            if self._persists:
                self.process.stop(_STOP_SECONDS)
            else:
                self.process.kill()
            self._delete_worker_files(_CLEAN_UP_SECONDS)

    def reset(self) -> None:
        """Delete everything that is deployed and stored."""
        request = Request(f"{self.url}/_ministack/reset", method="POST")  # noqa: S310 - our own address
        _HTTP.open(request, timeout=_RESET_SECONDS).close()

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment of the emulator and the functions: nothing of the user's own."""
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
            # With Docker, it would look for containers to remove.
            "DOCKER_HOST": "unix:///nowhere/docker.sock",
        }

    def _move_state(self) -> None:
        """Write the present port into state that was stored under another port.

        The addresses of queues contain the port, also inside functions and stacks. Without this the
        emulator would not find its own queues.
        """
        written = self._home / "port"
        previous = written.read_text() if written.exists() else str(self._port)
        for state in self._home.glob("state/*.json") if previous != str(self._port) else ():
            moved = state.read_text().replace(
                f"//localhost:{previous}", f"//localhost:{self._port}"
            )
            state.write_text(moved)
        written.write_text(str(self._port))

    def _delete_worker_files(self, timeout_seconds: float) -> None:
        """Delete the files of workers; after the time-out, deletion goes on in the background.

        Each worker unpacks its function with all layers, a thousand files, and never removes them.
        """
        trash = self._home / "trash"
        trash.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            (self._home / "tmp").rename(trash / str(time.time_ns()))
        deleting = Thread(target=shutil.rmtree, args=(trash,), kwargs={"ignore_errors": True})
        deleting.daemon = True
        deleting.start()
        deleting.join(timeout_seconds)

    def _is_healthy(self) -> bool:
        try:
            _HTTP.open(f"{self.url}/_ministack/health", timeout=_HEALTH_SECONDS).close()
        except OSError:
            return False
        return True
