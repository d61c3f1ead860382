"""Functions, invoked through the Lambda API: only a few at a time."""

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp

from local.gateway.events import Event
from local.gateway.routing import Function, Route
from local.gateway.signed_http import Response, SignedHttp


@dataclass(frozen=True, slots=True)
class Answered:
    """What a function returned, in the form of a proxy integration."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The function raised, or returned something that is not a proxy response."""

    reason: str


@dataclass(frozen=True, slots=True)
class TimedOut:
    seconds: float


type Outcome = Answered | Failed | TimedOut


class Functions:
    """Invokes functions; if one already has `concurrency` invocations, the next one waits.

    AWS has no such queue. The emulator starts a process for each invocation that finds no free one,
    so a burst of messages would fill the machine's memory.
    """

    def __init__(self, lambda_api: SignedHttp, concurrency: int = 4) -> None:
        self._lambda = lambda_api
        self._slots: defaultdict[Function, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(concurrency)
        )

    async def invoke(self, route: Route, event: Event) -> Outcome:
        """Invoke the route's function. A failure is an outcome, not an exception."""
        async with self._slots[route.function]:
            try:
                async with asyncio.timeout(route.timeout_seconds):
                    return _outcome(await self._call(route.function, event))
            except TimeoutError:
                return TimedOut(route.timeout_seconds)
            except aiohttp.ClientError as error:
                return Failed(f"the Lambda endpoint did not answer: {error!r}")

    async def _call(self, function: Function, event: Event) -> Response:
        path = f"/2015-03-31/functions/{function.name}/invocations"
        query = {"Qualifier": function.qualifier} if function.qualifier else None
        return await self._lambda.request("POST", path, query, json.dumps(event).encode())


def _outcome(response: Response) -> Outcome:
    if response.status != HTTPStatus.OK or "X-Amz-Function-Error" in response.headers:
        return Failed(f"{response.status} {response.body.decode(errors='replace')[:2000]}")
    try:
        answer = json.loads(response.body)
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
