"""Run programs of the pages."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.unit.docs.pages import REPOSITORY

_ADDRESS = "ws://127.0.0.1:8080/ws/chat"
_PYTHON_CLIENT = REPOSITORY / "clients/python/src"


@dataclass(frozen=True)
class Program:
    stdin: IO[str]
    stdout: IO[str]

    def types(self, frame: dict[str, Any]) -> None:
        self.stdin.write(json.dumps(frame) + "\n")
        self.stdin.flush()

    def prints(self) -> str:
        """Give the next line that is not empty: wscat prints an empty frame as an empty line."""
        lines = (line.strip() for line in self.stdout)
        return next((line for line in lines if line.strip("<> ")), "")


def at(address: str, code: str) -> str:
    """Put a test's address into a program in place of the local stack's."""
    assert _ADDRESS in code
    return code.replace(_ADDRESS, address)


@contextmanager
def running(*command: str, folder: Path | None = None) -> Iterator[Program]:
    """Run a program that does not end by itself, until the block ends."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(_PYTHON_CLIENT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    with process:
        try:
            yield Program(process.stdin, process.stdout)
        finally:
            process.kill()


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-W", "error", "-c", code)
