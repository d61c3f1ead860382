"""Handling one recorded event again and again, in a process of its own.

It is started with the function's name and a file with the event, and prints ms of CPU.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from bench.frame_costs.recording import require_success
from testing.simulation import Invocation

ROUNDS = 7
CPU_SECONDS_A_ROUND = 0.15
MOST_A_ROUND = 100


def main() -> None:
    function, event = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
    handler = import_module(f"functions.{function}.app").handler

    def handle() -> None:
        require_success(handler(event, Invocation()))

    cpu_seconds(handle, 2)  # opens the sockets
    times = round(CPU_SECONDS_A_ROUND / cpu_seconds(handle, 1))
    times = max(1, min(times, MOST_A_ROUND))
    # The least: whatever else the machine does only adds to it.
    least = min(cpu_seconds(handle, times) / times for _ in range(ROUNDS))
    sys.stdout.write(f"\n{least * 1e3}\n")


def cpu_seconds(handle: Callable[[], None], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        handle()
    return time.process_time() - began


if __name__ == "__main__":
    main()
