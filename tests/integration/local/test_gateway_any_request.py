"""The gateway answers each HTTP request, and no request makes it fail."""

import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.integration.local.gateway_under_test import GatewayUnderTest, gateway_for
from tests.integration.local.scripted_aws import PATIENCE_SECONDS, scripted_aws

PATHS = (b"/", b"/ws/chat", b"/chat/@connections/L0SM9cOFvHcCIhw=", b"/_faults", b"/page.js", b"//")
ODD_PARTS = (
    b"%00",
    b"%ff",
    b"%2e%2e/",
    b"..",
    b"%",
    b"%2f",
    b"?",
    b"#",
    b"[",
    b"]",
    b":",
    b"@",
    b"//",
)
SIGNED = b"Authorization: AWS4-HMAC-SHA256 a/execute-api/aws4_request, b"
UPGRADE = (
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
)
HEADERS = (
    SIGNED,
    UPGRADE,
    b"Range: bytes=9-1",
    b"Range: bytes=-",
    b"If-Modified-Since: yesterday",
    b"Accept-Encoding: \xff",
    b"Host: [",
    b"Origin: \x80",
    b"Cookie: a=\x01",
)
BODIES = (b"", b"{", b"[]", b"null", b"\xff", b'{"cut":1}', b'{"answer":7}', b'{"share":"x"}')

paths = st.builds(
    lambda path, pieces: path + b"".join(pieces),
    st.sampled_from(PATHS),
    st.lists(st.sampled_from(ODD_PARTS) | st.sampled_from([b"a" * 300, b"b"]), max_size=4),
)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayUnderTest]:
    folder: Path = tmp_path_factory.mktemp("page")
    (folder / "index.html").write_text("<title>Parley</title>")
    (folder / "page.js").write_text("export {}")
    with (
        scripted_aws() as aws,
        gateway_for(aws, f"--web-app={folder}", "--faults") as opened,
    ):
        yield opened


def status_of_answer(gateway: GatewayUnderTest, request: bytes) -> int:
    with socket.create_connection(("127.0.0.1", gateway.port), PATIENCE_SECONDS) as client:
        client.sendall(request)
        head = client.recv(12)
    assert head.startswith(b"HTTP/1."), head
    return int(head[9:])


def is_a_fault(line: logging.LogRecord) -> bool:
    """Tell an error of the gateway from what the HTTP library logs about a malformed request."""
    return line.levelno >= logging.ERROR and line.name.startswith("local.")


def request(path: bytes, *headers: bytes, method: bytes = b"GET", body: bytes = b"") -> bytes:
    usual = [b"Host: gateway", b"Content-Length: %d" % len(body)]
    return b"\r\n".join([b"%s %s HTTP/1.1" % (method, path), *usual, *headers, b"", body])


requests = st.builds(
    lambda path, headers, method, body: request(path, *headers, method=method, body=body),
    path=paths,
    headers=st.lists(st.sampled_from(HEADERS), max_size=3, unique=True),
    method=st.sampled_from([b"GET", b"HEAD", b"POST", b"DELETE", b"PUT", b"OPTIONS", b"get", b"X"]),
    body=st.sampled_from(BODIES),
)


@given(requests)
@example(request(b"/%00"))
@example(request(b"/" + b"a" * 300))
@example(request(b"/" + b"a/" * 3_000))
@example(request(b"//[", UPGRADE))
@example(request(b"/ws/chat", UPGRADE, body=b"{"))
@example(request(b"/_faults", method=b"POST", body=b"{"))
@example(request(b"/@connections/%00", SIGNED, method=b"POST"))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_request_is_answered_and_none_breaks_the_gateway(
    gateway: GatewayUnderTest, caplog: pytest.LogCaptureFixture, asked: bytes
) -> None:
    caplog.clear()

    status = status_of_answer(gateway, asked)

    assert 100 <= status < 500
    assert [each for each in caplog.records if is_a_fault(each)] == []
