"""The operator's command on a running stack, run as a process."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Self
from urllib.parse import urlsplit

from local.tools import ROOT
from testing.live.people import Deployment


class Shell:
    """Runs commands on one stack, each in a process of its own."""

    def __init__(self, flags: Sequence[str], environment: Mapping[str, str]) -> None:
        self._flags = flags
        self._environment = environment

    @classmethod
    def at(cls, deployment: Deployment) -> Self:
        """Run commands on the local stack under test."""
        port = urlsplit(deployment.stack.aws_url).port
        return cls(["--local"], {"PATH": os.environ["PATH"], "AWS_PORT": str(port)})

    def does(self, *words: str, answering: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "cli", *self._flags, *words],
            input=answering,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env=self._environment,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def reads(self, *words: str, answering: str = "") -> Any:  # noqa: ANN401 -- any JSON value
        return json.loads(self.does("--json", *words, answering=answering))
