"""Signed requests to the emulator, over one shared pool of connections.

botocore's own signer signs them, with AWS's Signature Version 4.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

import aiohttp
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as SigningKeys
from multidict import CIMultiDictProxy
from yarl import URL

from local.aws import EMULATOR_CREDENTIALS, Credentials


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


@dataclass(frozen=True, slots=True)
class SignedHttp:
    """Sends requests to the `service` that answers at `endpoint`."""

    session: aiohttp.ClientSession
    service: str
    endpoint: str
    credentials: Credentials = EMULATOR_CREDENTIALS

    async def request(
        self, method: str, path: str, query: dict[str, str] | None = None, body: bytes = b""
    ) -> Response:
        """Send one request; `path` is not yet encoded."""
        url = self.endpoint.rstrip("/") + quote(path)
        if query:
            url += "?" + urlencode(query)
        headers = self._signed_headers(method, url, body)
        # The URL is what was signed: it must not be encoded again.
        sending = self.session.request(method, URL(url, encoded=True), data=body, headers=headers)
        async with sending as response:
            return Response(response.status, response.headers, await response.read())

    def _signed_headers(self, method: str, url: str, body: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        request = AWSRequest(method=method, url=url, data=body, headers=headers)
        keys = SigningKeys(self.credentials.key_id, self.credentials.secret)
        SigV4Auth(keys, self.service, self.credentials.region).add_auth(request)
        return dict(request.headers.items())
