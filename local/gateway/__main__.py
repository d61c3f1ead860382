"""`python -m local.gateway`: the front of the local stack, in API Gateway's place.

It reads the deployed WebSocket API from a control plane, takes clients in at `--path`, invokes
the functions through a Lambda endpoint, and serves `@connections` and the page on the same port.
SIGHUP has it read the routes again at the next connection. SIGTERM and SIGINT close it, and so
does the end of its standard input with `--until-stdin-ends`.
"""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from local import log
from local.gateway.connection import House
from local.gateway.control_plane import ControlPlane, DeployedRoutes, UnreadableControlPlaneError
from local.gateway.door import Door, Site
from local.gateway.fault_control import FaultControl
from local.gateway.faults import Faults
from local.gateway.functions import Functions
from local.gateway.limits import TimeLimits
from local.gateway.management import ManagementApi
from local.gateway.options import parser
from local.gateway.routing import UnsupportedDeploymentError
from local.gateway.signed_http import SignedHttp
from local.gateway.static_files import StaticFiles
from local.signing import Endpoint

_FAREWELL_SECONDS = 2.0
# Run as a command, __name__ is another.
_LOG = logging.getLogger("local.gateway")


@dataclass(frozen=True, slots=True)
class OpenFront:
    port: int
    routes: DeployedRoutes


def main() -> int:
    options = parser(__doc__ or "").parse_args()
    log.set_up(verbose=options.verbose)
    try:
        asyncio.run(_run(options))
    except (OSError, UnreadableControlPlaneError, UnsupportedDeploymentError) as error:
        print(f"gateway: {error}", file=sys.stderr)  # noqa: T201 - the last word of a command
        return 1
    return 0


@asynccontextmanager
async def open_front(options: argparse.Namespace) -> AsyncIterator[OpenFront]:
    """Take clients in while the context lasts; then send them away."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(sock_connect=5)
    ) as session:
        routes = await _routes(options, session)
        door = _door(options, session, routes)
        port = await door.open(options.host, options.port)
        try:
            yield OpenFront(port, routes)
        finally:
            await door.close(_FAREWELL_SECONDS)


async def _run(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    async with open_front(options) as front:
        _listen_to_signals(stop, front.routes)
        if options.until_stdin_ends:
            await _end_with_stdin(stop)
        _LOG.info("listening on %s:%d", options.host, front.port)
        await stop.wait()


async def _routes(options: argparse.Namespace, session: aiohttp.ClientSession) -> DeployedRoutes:
    api_gateway = SignedHttp(session, Endpoint("apigateway", options.endpoint))
    plane = ControlPlane(
        api_gateway, options.api_id, options.integration_seconds, _renaming(options)
    )
    return DeployedRoutes(plane, await plane.read())


def _renaming(options: argparse.Namespace) -> Callable[[str], str] | None:
    if not options.logical_names:
        return None
    # boto3 would double the time that every start takes.
    from local.logical_names import logical_name_in  # noqa: PLC0415 - said above

    return logical_name_in(options.endpoint)


def _door(
    options: argparse.Namespace, session: aiohttp.ClientSession, routes: DeployedRoutes
) -> Door:
    lambda_api = Endpoint("lambda", options.lambda_endpoint or options.endpoint)
    functions = Functions(SignedHttp(session, lambda_api), options.at_once)
    house, faults = House(routes, functions, options.path), Faults()
    site = Site(
        ManagementApi(house, faults),
        StaticFiles(options.page),
        options.path,
        FaultControl(house, faults) if options.faults else None,
    )
    limits = TimeLimits(
        options.idle_seconds,
        options.duration_seconds,
        options.integration_seconds,
        options.closing_seconds,
        options.full_buffer_seconds,
    )
    return Door(house, site, limits)


def _listen_to_signals(stop: asyncio.Event, routes: DeployedRoutes) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, routes.expire)


async def _end_with_stdin(stop: asyncio.Event) -> None:
    """Stop when the process that started us is gone, however it went."""

    class Lifeline(asyncio.Protocol):
        def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
            stop.set()

    await asyncio.get_running_loop().connect_read_pipe(Lifeline, sys.stdin)


if __name__ == "__main__":
    sys.exit(main())
