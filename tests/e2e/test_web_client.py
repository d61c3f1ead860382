"""The JavaScript client against the running chat."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from testing.live.people import Deployment

WEB = Path(__file__).parents[2] / "clients" / "web"


def test_the_web_client_keeps_its_promises_on_the_running_chat(deployment: Deployment) -> None:
    npm = shutil.which("npm")
    if npm is None or not (WEB / "node_modules").is_dir():
        pytest.fail("`make web` installs what this test runs")

    ran = subprocess.run(
        [npm, "run", "--silent", "test:stack"],
        cwd=WEB,
        env=os.environ | {"PARLEY_URL": deployment.stack.websocket_url},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == os.EX_OK, ran.stdout + ran.stderr
