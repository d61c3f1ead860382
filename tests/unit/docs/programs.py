"""Run programs of the pages."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

_ADDRESS = "ws://127.0.0.1:8080/ws/chat"


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
def running(*command: str) -> Iterator[Program]:
    """Run a program that does not end by itself, until the block ends."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    with process:
        try:
            yield Program(process.stdin, process.stdout)
        finally:
            process.kill()


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-W", "error", "-c", code)
