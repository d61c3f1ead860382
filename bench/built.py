"""Runs the functions that `make build` made, as Lambda starts them."""

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
"""Makes Python find no bytecode, as on Lambda without `layers/finish.py`."""

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
    """The functions are not built yet."""


@cache
def names() -> list[str]:
    """List the functions that are built."""
    if not (BUILD / "template.yaml").exists():
        raise NotBuilt("nothing is built: `make build` first")
    return [name for name in FUNCTIONS if (BUILD / name / "app.py").exists()]


def environment(name: str) -> dict[str, str]:
    """Return the variables that Lambda and the template set, with made-up names."""
    layers = [str(BUILD / layer / "python") for layer in LAYERS]
    given = {
        variable: variable.lower()
        for variable in FUNCTIONS[name].variables
        if variable.endswith(("_TABLE", "_URL", "_SECRET_ID"))
    }
    if "MANAGEMENT_ENDPOINT" in FUNCTIONS[name].variables:
        given["MANAGEMENT_ENDPOINT"] = "https://api.example/chat"
    paths = {"PYTHONPATH": os.pathsep.join([str(BUILD / name), *layers])}
    return ON_LAMBDA | given | paths | {"POWERTOOLS_SERVICE_NAME": FUNCTIONS[name].folder.name}


def cpu_ms(code: str, variables: Mapping[str, str], *options: str) -> float:
    """Run code in a new Python process, and return the CPU time of the whole process."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(command(code, *options), env=dict(variables), check=True)  # noqa: S603 -- our own
    after = getrusage(RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1e3


def report_of(code: str, variables: Mapping[str, str]) -> list[float]:
    """Run code in a new Python process, and return the numbers of its last line."""
    ran = subprocess.run(  # noqa: S603 -- our own
        command(code), env=dict(variables), check=True, capture_output=True, text=True
    )
    return list(json.loads(ran.stdout.splitlines()[-1]))


def command(code: str, *options: str) -> list[str]:
    """Return a command that ignores the developer's packages and writes no bytecode."""
    return [str(Path(sys.executable).resolve()), "-S", "-B", *options, "-c", code]
