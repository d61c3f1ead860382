"""Signed requests to the emulator over one shared pool of connections."""

from dataclasses import dataclass

import aiohttp
from multidict import CIMultiDictProxy
from yarl import URL

from local.signing import Endpoint


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


@dataclass(frozen=True, slots=True)
class SignedHttp:
    session: aiohttp.ClientSession
    endpoint: Endpoint

    async def request(
        self, method: str, path: str, query: dict[str, str] | None = None, body: bytes = b""
    ) -> Reply:
        signed = self.endpoint.sign(method, path, query, body, {"Content-Type": "application/json"})
        # The URL is what was signed: it must not be encoded again.
        url = URL(signed.url, encoded=True)
        async with self.session.request(
            method, url, data=signed.body, headers=signed.headers
        ) as response:
            return Reply(response.status, response.headers, await response.read())
