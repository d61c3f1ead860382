"""The operator's command on a running stack, as it is typed."""

import json
import os
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

from local.executables import ROOT
from tests.e2e.people import Deployment


class Shell:
    """Types commands at the stack under test, each in a process of its own."""

    def __init__(self, deployment: Deployment) -> None:
        self._port = urlsplit(deployment.stack.aws_url).port

    def does(self, *words: str, answering: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "cli", "--local", *words],
            input=answering,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "AWS_PORT": str(self._port)},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def reads(self, *words: str, answering: str = "") -> Any:  # noqa: ANN401 -- any JSON value
        return json.loads(self.does("--json", *words, answering=answering))
