"""Measure what each frame costs its function. The last line is JSON.

`python -m bench.frame_costs`: CPU holds for this machine; the rest is counted.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from msgspec import to_builtins

from bench.fanout import running
from bench.frame_costs.costs import FrameCost
from bench.frame_costs.scenes import Scene, scenes
from bench.invocation import UNLIMITED, credentials
from bench.table_variables import table_variables
from testing.tables import MODELS


def main() -> None:
    costs: dict[str, dict[int, FrameCost]] = {}
    for scene in scenes():
        cost = measure(scene)
        costs.setdefault(scene.name, {})[scene.room] = cost
        sys.stdout.write(
            f"{scene.name:26} {scene.room:6,} {cost.cpu_ms:8.2f} ms {cost.trips:3} in a row"
            f" {cost.requests:3} requests {cost.posts:4} posts\n"
        )
        sys.stdout.flush()
    sys.stdout.write(json.dumps(to_builtins(costs, str_keys=True)) + "\n")


def measure(scene: Scene) -> FrameCost:
    recorded = scene.recorded
    with tempfile.TemporaryDirectory() as folder:
        answers, event = Path(folder) / "answers.json", Path(folder) / "event.json"
        answers.write_text(json.dumps(recorded.answers))
        event.write_text(json.dumps(recorded.event))
        cpu_ms = _cpu_ms(scene.function, answers, event)
    return FrameCost(
        cpu_ms=cpu_ms,
        trips=recorded.trips,
        requests=recorded.requests,
        read_units=recorded.read_units,
        write_units=recorded.write_units,
        posts=recorded.posts,
    )


def _cpu_ms(function: str, answers: Path, event: Path) -> float:
    with (
        running("bench.frame_costs.replay", {"answers": str(answers)}) as aws,
        running("bench.fanout_sink", {"delay_seconds": 0, "certificate": ""}) as sink,
    ):
        address = f"http://127.0.0.1:{int(aws.answers.readline())}"
        management = f"http://127.0.0.1:{int(sink.answers.readline())}/chat"
        ran = subprocess.run(  # noqa: S603 -- our own module
            [sys.executable, "-m", "bench.frame_costs.handling", function, str(event)],
            env=_environment(address, management),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    return float(ran.stdout.splitlines()[-1])


def _environment(aws: str, management: str) -> dict[str, str]:
    tables = table_variables({name: name for name in MODELS})
    queues = ("GREET", "AUTH_DEADLINE", "FANOUT", "PRESENCE")
    return (
        credentials()
        | tables
        | UNLIMITED
        | {
            "PYTHONPATH": os.pathsep.join([".", "layers/chat"]),
            "AWS_ENDPOINT_URL": aws,
            "MANAGEMENT_ENDPOINT": management,
            "SIGNING_SECRET_ID": "signing",
            "CURSOR_SECRET_ID": "cursors",
            **{f"{queue}_QUEUE_URL": f"{aws}/{queue}" for queue in queues},
        }
    )


if __name__ == "__main__":
    main()
