"""Requests signed with AWS's Signature Version 4, by botocore's own signer."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.account import TEST_ACCOUNT, Account


@dataclass(frozen=True, slots=True)
class SignedRequest:
    method: str
    url: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one service answers, and how requests to it are signed."""

    service: str
    url: str
    account: Account = TEST_ACCOUNT

    def sign(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> SignedRequest:
        """Sign one request; `path` is not yet encoded."""
        url = self.url.rstrip("/") + quote(path)
        if query:
            url += "?" + urlencode(query)
        request = AWSRequest(method=method, url=url, data=body, headers=headers or {})
        credentials = Credentials(self.account.key_id, self.account.secret)
        SigV4Auth(credentials, self.service, self.account.region).add_auth(request)
        return SignedRequest(method, url, body, dict(request.headers.items()))
