"""Functions, invoked through the Lambda API: as many at a time as a laptop bears."""

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp

from local.gateway.events import Event
from local.gateway.routing import Function, Route
from local.gateway.signed_http import Reply, SignedHttp


@dataclass(frozen=True, slots=True)
class Answered:
    """What a function returned, in the form of a proxy integration."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The function raised, or answered with something that is no proxy response."""

    reason: str


@dataclass(frozen=True, slots=True)
class TimedOut:
    seconds: float


type Outcome = Answered | Failed | TimedOut


class Functions:
    """Invokes functions; calls above `at_once` of one function wait for their turn.

    AWS has no such queue. The emulator would start a process for every call beyond those that
    are free, so a burst of messages would take the machine down with it.
    """

    def __init__(self, lambda_api: SignedHttp, at_once: int = 4) -> None:
        self._lambda = lambda_api
        self._turns: defaultdict[Function, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(at_once)
        )

    async def invoke(self, route: Route, event: Event) -> Outcome:
        """Invoke the route's function. Whatever goes wrong is an outcome, not an exception."""
        async with self._turns[route.function]:
            try:
                async with asyncio.timeout(route.timeout_seconds):
                    return _outcome(await self._call(route.function, event))
            except TimeoutError:
                return TimedOut(route.timeout_seconds)
            except aiohttp.ClientError as error:
                return Failed(f"the Lambda endpoint did not answer: {error!r}")

    async def _call(self, function: Function, event: Event) -> Reply:
        path = f"/2015-03-31/functions/{function.name}/invocations"
        query = {"Qualifier": function.qualifier} if function.qualifier else None
        return await self._lambda.request("POST", path, query, json.dumps(event).encode())


def _outcome(reply: Reply) -> Outcome:
    if reply.status != HTTPStatus.OK or "X-Amz-Function-Error" in reply.headers:
        return Failed(f"{reply.status} {reply.body.decode(errors='replace')[:2000]}")
    try:
        answer = json.loads(reply.body)
    except ValueError:
        return Failed("the answer is not JSON")
    return _proxy_response(answer)


def _proxy_response(answer: object) -> Outcome:
    match answer:
        case {"errorMessage": str(message), "errorType": str(kind)}:
            # `sam local start-lambda` reports an exception without the header.
            return Failed(f"{kind}: {message}")
        case {"statusCode": int(status), **rest}:
            headers, body = rest.get("headers") or {}, rest.get("body") or ""
            if isinstance(headers, dict) and isinstance(body, str):
                return Answered(status, {str(k).lower(): str(v) for k, v in headers.items()}, body)
    return Failed("malformed proxy response: an object with statusCode, and a string body if any")
