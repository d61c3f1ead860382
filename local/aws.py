"""Signed requests and boto3 sessions for the emulator.

The keys are the emulator's; the user's own profile, files and proxies are never looked at.
"""

import os
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import boto3
import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials


@dataclass(frozen=True, slots=True)
class Account:
    """Keys and region. The emulator takes `test` for the root user."""

    key_id: str = "test"
    secret: str = "test"  # noqa: S105 - the emulator's well-known key
    region: str = "us-east-1"


TEST_ACCOUNT = Account()

# botocore's form: key in the configuration file, environment variable, default, conversion.
_NOTHING_OF_THE_USER = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


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


def session(account: Account = TEST_ACCOUNT) -> boto3.Session:
    """Make what boto3 clients of the emulator come from: `.client(service, endpoint_url=…)`."""
    core = botocore.session.Session(_NOTHING_OF_THE_USER)
    core.set_default_client_config(Config(proxies={}))
    return boto3.Session(
        account.key_id, account.secret, region_name=account.region, botocore_session=core
    )
