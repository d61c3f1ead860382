"""`python -m bench.load`: the scenario against TARGET, or against a local stack of its own.

What is measured is this machine with the emulator, not AWS: good for comparing two versions.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from local.options import Options
from local.stack import Stack

_RUN = Path(__file__).with_name("run.mjs")


def main() -> int:
    target = os.environ.get("TARGET")
    if target:
        return _load(target)
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Options.for_tests(Path(folder), demo=True), _say) as stack,
    ):
        return _load(stack.websocket_url)


def _load(address: str) -> int:
    _say(f"talking to {address}")
    return subprocess.run(["node", str(_RUN), address], check=False).returncode  # noqa: S603, S607 -- our own script


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 -- a command's progress


if __name__ == "__main__":
    sys.exit(main())
