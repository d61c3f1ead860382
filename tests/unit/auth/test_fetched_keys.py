"""Fetching a provider's document, from a real server."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from chat.auth.external import MAX_KEYS_BYTES, fetch_json


class Provider(BaseHTTPRequestHandler):
    """Serves a document for each path, or points to another address."""

    documents: dict[str, bytes] = {}  # noqa: RUF012 -- each test makes a class of its own
    moved: dict[str, str] = {}  # noqa: RUF012 -- the same

    def do_GET(self) -> None:
        if self.path in self.moved:
            self.send_response(302)
            self.send_header("Location", self.moved[self.path])
            self.end_headers()
            return
        self.send_response(200 if self.path in self.documents else 404)
        self.end_headers()
        self.wfile.write(self.documents.get(self.path, b""))

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def serving(
    documents: dict[str, bytes] | None = None, moved: dict[str, str] | None = None
) -> Iterator[str]:
    handler = type("Served", (Provider,), {"documents": documents or {}, "moved": moved or {}})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "ftp://127.0.0.1/keys",
        "http://login.example.com/keys",
        "http://127.0.0.1.example.com/keys",
        "http://127.0.0.1:80@login.example.com/keys",
        "http://login.example.com/http://127.0.0.1/keys",
        "https:///keys",
    ],
)
def test_keys_are_fetched_over_https_alone(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        fetch_json(url)


def test_keys_of_a_program_on_this_machine_are_fetched() -> None:
    with serving({"/keys": b'{"keys": []}'}) as address:
        assert fetch_json(f"{address}/keys") == {"keys": []}


def test_keys_are_not_fetched_from_where_a_redirect_points() -> None:
    """A redirect to http:// would let anybody on the way replace the keys."""
    documents, moved = {"/elsewhere": b'{"keys": []}'}, {"/keys": "/elsewhere"}

    with serving(documents, moved) as address, pytest.raises(OSError, match="302"):
        fetch_json(f"{address}/keys")


@pytest.mark.parametrize("document", [b"", b"<html>", b"[]", b'"keys"', b"\xff"])
def test_document_that_is_no_json_object_is_rejected(document: bytes) -> None:
    with serving({"/keys": document}) as address, pytest.raises(ValueError, match=r"."):
        fetch_json(f"{address}/keys")


def test_document_that_is_too_long_is_rejected() -> None:
    too_long = b'{"keys": []' + b" " * MAX_KEYS_BYTES + b"}"

    with serving({"/keys": too_long}) as address, pytest.raises(ValueError, match=r"."):
        fetch_json(f"{address}/keys")


def test_missing_document_is_rejected() -> None:
    with serving() as address, pytest.raises(OSError, match="404"):
        fetch_json(f"{address}/keys")
