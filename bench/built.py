"""The functions as `make build` leaves them, started as Lambda starts them."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from testing.template import FUNCTIONS

ROOT = Path(__file__).parents[1]
BUILD = ROOT / ".aws-sam/build"
LAYERS = ("DependenciesLayer", "ChatLayer")
NOTHING_COMPILED = ("-X", f"pycache_prefix={os.devnull}")
"""Makes Python look for bytecode where there is none, as on Lambda without `layers/finish.py`."""

ON_LAMBDA = {
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "ASIAEXAMPLEEXAMPLE00",
    "AWS_SECRET_ACCESS_KEY": "s" * 40,
    "AWS_SESSION_TOKEN": "t" * 700,
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "POWERTOOLS_METRICS_NAMESPACE": "Bench",
}


class NotBuilt(SystemExit):
    """There is nothing to measure yet."""


@cache
def names() -> list[str]:
    """Name the functions that are built."""
    if not (BUILD / "template.yaml").exists():
        raise NotBuilt("nothing is built: `make build` first")
    return [name for name in FUNCTIONS if (BUILD / name / "app.py").exists()]


def environment(name: str) -> dict[str, str]:
    """Give what Lambda and the template would, with made-up names."""
    layers = [str(BUILD / layer / "python") for layer in LAYERS]
    told = {
        variable: variable.lower()
        for variable in FUNCTIONS[name].variables
        if variable.endswith(("_TABLE", "_URL", "_SECRET_ID"))
    }
    if "MANAGEMENT_ENDPOINT" in FUNCTIONS[name].variables:
        told["MANAGEMENT_ENDPOINT"] = "https://api.example/chat"
    paths = {"PYTHONPATH": os.pathsep.join([str(BUILD / name), *layers])}
    return ON_LAMBDA | told | paths | {"POWERTOOLS_SERVICE_NAME": FUNCTIONS[name].folder.name}


def cpu_ms(code: str, variables: Mapping[str, str], *options: str) -> float:
    """Run code in a fresh Python, and tell what CPU the process took from first to last."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(command(code, *options), env=dict(variables), check=True)  # noqa: S603 -- our own
    after = getrusage(RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1e3


def report_of(code: str, variables: Mapping[str, str]) -> list[float]:
    """Run code in a fresh Python, and read the numbers that its last line is."""
    ran = subprocess.run(  # noqa: S603 -- our own
        command(code), env=dict(variables), check=True, capture_output=True, text=True
    )
    return list(json.loads(ran.stdout.splitlines()[-1]))


def command(code: str, *options: str) -> list[str]:
    """Write the command: without the developer's own packages, and leaving no bytecode behind."""
    return [str(Path(sys.executable).resolve()), "-S", "-B", *options, "-c", code]
