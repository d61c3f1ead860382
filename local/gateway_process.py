"""The front as a child process of the stack."""

import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from local.build import sam_environment
from local.child import Child
from local.executables import ROOT
from local.failures import LocalStackError

_START_SECONDS = 15.0
_STOP_SECONDS = 6.0
_POLL_SECONDS = 0.05


class GatewayProcess:
    """`python -m local.gateway`, with what it needs to know and `more` of its options."""

    def __init__(
        self, home: Path, port: int, aws_url: str, page: Path, more: Sequence[str] = ()
    ) -> None:
        self._port = port
        options = (f"--port={port}", f"--endpoint={aws_url}", f"--page={page}", *more)
        module = ("-m", "local.gateway", "--until-stdin-ends")
        self.child = Child("gateway", home, Path(sys.executable), *module, *options)

    def end_leftover(self) -> bool:
        """End the front of a former run with the same home."""
        return self.child.end_leftover(_STOP_SECONDS)

    def start(self) -> None:
        self.child.start(sam_environment(), ROOT)
        until = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self.child.has_ended or time.monotonic() > until:
                raise LocalStackError(f"the front does not start:\n{self.child.last_lines()}")
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        self.child.stop(_STOP_SECONDS)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port), timeout=1).close()
        except OSError:
            return False
        return True
