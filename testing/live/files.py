"""Uploads and downloads as a browser makes them, without the service's keys."""

import uuid
from collections.abc import Mapping
from email.message import Message
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

_TIMEOUT_SECONDS = 30


class Response(NamedTuple):
    status: int
    headers: Message
    body: bytes


def upload(url: str, fields: Mapping[str, str], content: bytes) -> Response:
    """Post a form with these fields and then the file."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n\r\n'
    body = "".join([*parts, file]).encode() + content + f"\r\n--{boundary}--\r\n".encode()
    kind = f"multipart/form-data; boundary={boundary}"
    return _ask(Request(url, body, {"Content-Type": kind}, method="POST"))  # noqa: S310 -- an address of the deployment


def download(url: str, **headers: str) -> Response:
    return _ask(Request(url, headers=headers))  # noqa: S310 -- as above


def _ask(request: Request) -> Response:
    try:
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 -- as above
            return Response(answer.status, answer.headers, answer.read())
    except HTTPError as error:
        return Response(error.code, error.headers, error.read())
