"""Containers reach what listens on the loopback, and nobody else does."""

import socket
from collections.abc import Iterator

import pytest

from local.sam.relay import relay
from tests.integration.runtime.serving import Answer, Request, serving

# Of the loopback too, but not where the server listens: it stands for the bridge.
BRIDGE = "127.0.0.2"


@pytest.fixture
def port() -> Iterator[int]:
    def answer(request: Request) -> Answer:
        return Answer(200, request.body[::-1])

    with serving(answer) as address:
        yield int(address.rpartition(":")[2])


def asked(address: str, port: int, body: bytes) -> bytes:
    with socket.create_connection((address, port), timeout=5) as client:
        head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        client.sendall(head.encode() + body)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65536), b"")).partition(b"\r\n\r\n")[2]


def test_what_listens_on_the_loopback_answers_at_the_bridge(port: int) -> None:
    body = bytes(range(256)) * 4096

    with relay(BRIDGE, port) as relayed:
        answer = asked(BRIDGE, relayed, body)

    assert answer == body[::-1]


def test_no_other_address_is_relayed(port: int) -> None:
    with relay(BRIDGE, port) as relayed, pytest.raises(ConnectionRefusedError):
        asked("127.0.0.1", relayed, b"")


def test_nothing_is_relayed_afterwards(port: int) -> None:
    with relay(BRIDGE, port) as relayed:
        pass

    with pytest.raises(ConnectionRefusedError):
        asked(BRIDGE, relayed, b"")


def test_a_client_is_cut_off_if_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with relay(BRIDGE, port) as relayed:
        assert asked(BRIDGE, relayed, b"") == b""
