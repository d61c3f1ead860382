"""Measure everything, write docs/performance.md and its charts, and end with one line of JSON.

Each part is a command (`python -m bench.<part>`). They run one after another.
"""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench import charts, performance_page
from bench.frame_costs import costs
from bench.markdown_blocks import replace_blocks

PARTS = (
    "fanout",
    "slow_clients",
    "imports",
    "first_frame",
    "invocation",
    "frame_costs",
    "search",
    "growth",
    "batches",
    "e2e_latency",
)
SIMULATED = ("cold_starts", "crowd")
"""From what was measured. Each writes its own part of the docs."""
DOCS = Path(__file__).parents[1] / "docs"


def main() -> None:
    measured = {part: run(part) for part in PARTS}
    write(measured)
    figures = performance_page.figures(measured)
    for part in SIMULATED:
        figures |= run(part)
    sys.stdout.write(json.dumps(figures) + "\n")


def run(part: str) -> Any:  # noqa: ANN401 -- each part's own figures
    """Run a part, show its output, and return the figures of its last line."""
    sys.stdout.write(f"\n---- {part}\n")
    sys.stdout.flush()
    command = [sys.executable, "-m", f"bench.{part}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 -- our own
        assert process.stdout is not None  # noqa: S101 -- piped above
        last = ""
        for last in process.stdout:
            if not last.startswith("{"):
                sys.stdout.write(last)
                sys.stdout.flush()
    if process.returncode:
        raise SystemExit(f"{part} failed")
    return json.loads(last)


def write(measured: dict[str, Any]) -> None:
    costs.save(performance_page.of_frames(measured))
    path = DOCS / "performance.md"
    parts = {"machine": machine(), **performance_page.parts(measured)}
    path.write_text(replace_blocks(path.read_text(), parts))
    for name, chart in charts.draw(measured).items():
        (DOCS / "images" / f"{name}.svg").write_text(chart)


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}."


if __name__ == "__main__":
    main()
