"""`python -m local.gateway`: the local stack's own gateway, in API Gateway's place.

It reads the deployed WebSocket API from a control plane, accepts clients at `--path`, invokes the
functions through a Lambda endpoint, and serves `@connections` and the web app on the same port.
After SIGHUP it reads the routes again at the next connection. SIGTERM and SIGINT close it, and so
does the end of its standard input with `--until-stdin-ends`.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from local.gateway.control_plane import DeployedRoutes, UnreadableControlPlaneError
from local.gateway.quotas import TimeLimits
from local.gateway.routing import UnsupportedDeploymentError
from local.gateway.server import open_gateway

# Run as a command, __name__ is another.
_LOG = logging.getLogger("local.gateway")


def main() -> int:
    options = parser(__doc__ or "").parse_args()
    _set_up_logging(verbose=options.verbose)
    try:
        asyncio.run(_run(options))
    except (OSError, UnreadableControlPlaneError, UnsupportedDeploymentError) as error:
        print(f"gateway: {error}", file=sys.stderr)  # noqa: T201 - the last word of a command
        return 1
    return 0


async def _run(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    async with open_gateway(options) as gateway:
        _handle_signals(stop, gateway.routes)
        if options.until_stdin_ends:
            await _stop_with_stdin(stop)
        _LOG.info("listening on %s:%d", options.host, gateway.port)
        await stop.wait()


def _handle_signals(stop: asyncio.Event, routes: DeployedRoutes) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, routes.expire)


async def _stop_with_stdin(stop: asyncio.Event) -> None:
    """Stop when the parent process ends, even if it is killed."""

    class KeepalivePipe(asyncio.Protocol):
        def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
            stop.set()

    await asyncio.get_running_loop().connect_read_pipe(KeepalivePipe, sys.stdin)


def parser(description: str = "") -> argparse.ArgumentParser:
    command = argparse.ArgumentParser(
        "python -m local.gateway",
        description=description,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    _add_addresses(command)
    _add_time_limits(command)
    add = command.add_argument
    add("--concurrency", type=int, default=4, help="concurrent invocations of one function")
    add("--faults", action="store_true", help="let tests order faults at /_faults")
    add("--until-stdin-ends", action="store_true", help="close when standard input does")
    add("--verbose", action="store_true", help="log what happens, not only what goes wrong")
    return command


def _add_addresses(command: argparse.ArgumentParser) -> None:
    add, env = command.add_argument, os.environ.get
    add("--host", default="127.0.0.1", help="where to listen")
    add("--port", type=int, default=env("PORT", "8080"), help="default: PORT, if that is set")
    add("--path", default="/ws/chat", help="where WebSockets are accepted")
    add("--web-app", type=Path, help="the folder of a bundled web app, served at /")
    add("--beside", type=Path, help="a folder of other files, served where the web app has none")
    add(
        "--endpoint",
        default=env("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
        help="the control plane, which has the deployed API; default: AWS_ENDPOINT_URL, if set",
    )
    add("--api-id", help="which WebSocket API, if there are several")
    add("--lambda-endpoint", help="where functions are invoked, if not at --endpoint")
    add(
        "--logical-names",
        action="store_true",
        help="invoke functions by the template's names, as `sam local start-lambda` requires",
    )


def _add_time_limits(command: argparse.ArgumentParser) -> None:
    usual = TimeLimits()
    limits = {
        "idle": (usual.idle_seconds, "until a silent connection is closed"),
        "duration": (usual.duration_seconds, "until any connection is closed"),
        "integration": (usual.integration_seconds, "until a function counts as failed"),
        "closing": (usual.closing_seconds, "until a client that does not close is cut off"),
        "full-buffer": (usual.full_buffer_seconds, "until pushes to a slow client are rejected"),
    }
    for name, (default, described) in limits.items():
        variable = f"{name}-seconds".upper().replace("-", "_")
        command.add_argument(
            f"--{name}-seconds",
            type=float,
            default=os.environ.get(variable, default),
            help=f"{described}; default: {variable}, if that is set",
        )


class _JsonLines(logging.Formatter):
    """One line of JSON for each record."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        # What a caller gives as extra={"context": {...}}.
        line |= getattr(record, "context", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _set_up_logging(*, verbose: bool) -> None:
    """Log warnings and worse to standard error, with `verbose` what happens as well."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("local").setLevel(logging.INFO if verbose else logging.WARNING)


if __name__ == "__main__":
    sys.exit(main())
