"""The deployed API, read from the control plane: routes, integrations, stage."""

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import aiohttp

from local.gateway.events import Stage
from local.gateway.routing import Function, Route, RouteTable, UnsupportedDeploymentError
from local.gateway.signed_http import SignedHttp

# A deployment takes effect within this time. Reading costs three requests of a few milliseconds.
_MAX_AGE_SECONDS = 2.0
_READ_TIMEOUT_SECONDS = 5.0
_FUNCTION_ARN = re.compile(
    r"functions/arn:aws[\w-]*:lambda:[\w-]+:\d+:function:(?P<name>[\w-]+)(?::(?P<qualifier>[\w$-]+))?/"
)
_LOG = logging.getLogger(__name__)

# JSON as the control plane writes it.
type _Item = dict[str, Any]


class UnreadableControlPlaneError(Exception):
    """The control plane rejected a request, or has no such API."""


class ControlPlane:
    """Reads the one WebSocket API, or the one with the given id.

    `rename` translates a function's deployed name to the name that the Lambda endpoint knows.
    """

    def __init__(
        self,
        api_gateway: SignedHttp,
        api_id: str | None,
        timeout_seconds: float,
        rename: Callable[[str], str] | None = None,
    ) -> None:
        self._api_gateway = api_gateway
        self._api_id = api_id
        self._timeout_seconds = timeout_seconds
        self._rename = rename

    async def read(self) -> RouteTable:
        api = await self._api()
        root = f"/v2/apis/{api['apiId']}"
        stage = _only_stage(await self._items(f"{root}/stages"))
        integrations = await self._items(f"{root}/integrations")
        by_id = {item["integrationId"]: item for item in integrations}
        routes = [self._route(item, by_id) for item in await self._items(f"{root}/routes")]
        return RouteTable(
            Stage(api["apiId"], stage),
            api["routeSelectionExpression"],
            {route.key: route for route in routes},
        )

    async def _api(self) -> _Item:
        apis = [
            item
            for item in await self._items("/v2/apis")
            if item["protocolType"] == "WEBSOCKET" and self._api_id in (None, item["apiId"])
        ]
        if len(apis) != 1:
            found = ", ".join(item["apiId"] for item in apis) or "none"
            raise UnreadableControlPlaneError(f"expected one WebSocket API, found: {found}")
        return apis[0]

    def _route(self, item: _Item, integrations: dict[str, _Item]) -> Route:
        integration = integrations[item["target"].removeprefix("integrations/")]
        found = _FUNCTION_ARN.search(integration["integrationUri"])
        if found is None:
            raise UnsupportedDeploymentError(
                f"route {item['routeKey']}: only Lambda functions are supported, "
                f"not {integration['integrationUri']}"
            )
        timeout = integration.get("timeoutInMillis")
        return Route(
            item["routeKey"],
            self._function(found["name"], found["qualifier"]),
            # AWS also requires a RouteResponse, a type that the emulator does not know.
            item.get("routeResponseSelectionExpression") == "$default",
            min(timeout / 1000, self._timeout_seconds) if timeout else self._timeout_seconds,
        )

    def _function(self, name: str, qualifier: str | None) -> Function:
        # `sam local start-lambda`, which needs other names, knows no versions and rejects them.
        return Function(self._rename(name)) if self._rename else Function(name, qualifier)

    async def _items(self, path: str) -> list[_Item]:
        items: list[_Item] = []
        query: dict[str, str] = {}
        while True:
            response = await self._api_gateway.request("GET", path, query)
            if response.status != HTTPStatus.OK:
                raise UnreadableControlPlaneError(
                    f"GET {path}: {response.status} {response.body!r}"
                )
            page = json.loads(response.body)
            items += page["items"]
            if not page.get("nextToken"):
                return items
            query = {"nextToken": page["nextToken"]}


_READ_ERRORS = (
    UnreadableControlPlaneError,
    UnsupportedDeploymentError,
    aiohttp.ClientError,
    TimeoutError,
)


class DeployedRoutes:
    """The deployed routes, read again if they are old when a client connects."""

    def __init__(self, control_plane: ControlPlane, table: RouteTable) -> None:
        self._control_plane = control_plane
        self._lock = asyncio.Lock()
        self.table = table
        self._read_at = time.monotonic()

    async def refresh(self) -> RouteTable:
        """Give routes that are at most two seconds old, or older ones if they cannot be read."""
        async with self._lock:
            if time.monotonic() - self._read_at > _MAX_AGE_SECONDS:
                await self._read()
        return self.table

    def expire(self) -> None:
        """Make the next refresh read the routes, even if they are recent."""
        self._read_at = float("-inf")

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(_READ_TIMEOUT_SECONDS):
                self.table = await self._control_plane.read()
        except _READ_ERRORS:
            _LOG.warning(
                "the deployed routes could not be read; the previous ones stay", exc_info=True
            )
        self._read_at = time.monotonic()


def _only_stage(stages: list[_Item]) -> str:
    if len(stages) != 1:
        names = ", ".join(item["stageName"] for item in stages) or "none"
        raise UnreadableControlPlaneError(f"expected one stage, found: {names}")
    return str(stages[0]["stageName"])
