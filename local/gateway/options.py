"""The options of `python -m local.gateway`."""

import argparse
import os
from pathlib import Path

from local.gateway.limits import TimeLimits


def parser(description: str = "") -> argparse.ArgumentParser:
    command = argparse.ArgumentParser(
        "python -m local.gateway",
        description=description,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    _add_places(command)
    _add_times(command)
    add = command.add_argument
    add("--at-once", type=int, default=4, help="concurrent invocations of one function")
    add("--faults", action="store_true", help="let tests order faults at /_faults")
    add("--until-stdin-ends", action="store_true", help="close when standard input does")
    add("--verbose", action="store_true", help="log what happens, not only what goes wrong")
    return command


def _add_places(command: argparse.ArgumentParser) -> None:
    add, env = command.add_argument, os.environ.get
    add("--host", default="127.0.0.1", help="where to listen")
    add("--port", type=int, default=env("PORT", "8080"), help="as PORT, if that is set")
    add("--path", default="/ws/chat", help="where WebSockets are accepted")
    add("--page", type=Path, help="a folder of static files, given out at /")
    add(
        "--endpoint",
        default=env("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
        help="the control plane, which knows the deployed API; as AWS_ENDPOINT_URL, if that is set",
    )
    add("--api-id", help="which WebSocket API, if there are several")
    add("--lambda-endpoint", help="where functions are invoked, if not at --endpoint")
    add(
        "--logical-names",
        action="store_true",
        help="invoke functions by the template's names, as `sam local start-lambda` wants it",
    )


def _add_times(command: argparse.ArgumentParser) -> None:
    usual = TimeLimits()
    times = {
        "idle": (usual.idle_seconds, "until a silent connection is closed"),
        "duration": (usual.duration_seconds, "until any connection is closed"),
        "integration": (usual.integration_seconds, "until a function counts as failed"),
        "closing": (usual.closing_seconds, "until a client that does not close is cut off"),
        "full-buffer": (usual.full_buffer_seconds, "until pushes to a full client are refused"),
    }
    for name, (default, described) in times.items():
        variable = f"{name}-seconds".upper().replace("-", "_")
        command.add_argument(
            f"--{name}-seconds",
            type=float,
            default=os.environ.get(variable, default),
            help=f"{described}; as {variable}, if that is set",
        )
