"""`python -m local.gateway` as a process."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from local.tools import ROOT
from tests.integration.local.scripted_aws import PATIENCE_SECONDS, ScriptedAws


@contextmanager
def running(aws: ScriptedAws, *options: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Run the command until it listens; give the process and its port."""
    command = ["--port=0", f"--endpoint={aws.url}", "--verbose", "--until-stdin-ends", *options]
    with subprocess.Popen(
        [sys.executable, "-m", "local.gateway", *command],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        listening = json.loads(process.stderr.readline())["message"]
        yield process, int(listening.rsplit(":", 1)[1])


@contextmanager
def joins(port: int) -> Iterator[ClientConnection]:
    with connect(f"ws://127.0.0.1:{port}/ws/chat", proxy=None, compression=None) as client:
        yield client


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes_each_connection_and_ends_the_gateway(
    aws: ScriptedAws, sign: signal.Signals
) -> None:
    with running(aws) as (process, port), joins(port) as client:
        process.send_signal(sign)

        with pytest.raises(ConnectionClosed, match="Going away"):
            client.recv(timeout=PATIENCE_SECONDS)
        assert process.wait(PATIENCE_SECONDS) == 0


def test_the_end_of_standard_input_ends_the_gateway(aws: ScriptedAws) -> None:
    with running(aws) as (process, _):
        assert process.stdin is not None

        process.stdin.close()

        assert process.wait(PATIENCE_SECONDS) == 0


def test_sighup_makes_the_gateway_read_the_routes_again(aws: ScriptedAws) -> None:
    with running(aws) as (process, port):
        aws.on("late", lambda _: {"statusCode": 200, "body": '"late"'})

        process.send_signal(signal.SIGHUP)

        with joins(port) as client:
            client.send('{"type":"late"}')
            assert client.recv(timeout=PATIENCE_SECONDS) == '"late"'


def test_a_port_in_use_is_reported(aws: ScriptedAws) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = ends(f"--endpoint={aws.url}", f"--port={taken.getsockname()[1]}")

    assert ended.returncode == 1
    assert "address already in use" in ended.stderr


def test_a_missing_control_plane_is_reported() -> None:
    ended = ends("--endpoint=http://127.0.0.1:1", "--port=0")

    assert ended.returncode == 1
    assert ended.stderr.startswith("gateway: Cannot connect to host 127.0.0.1:1")


def test_a_control_plane_without_a_websocket_api_is_reported(aws: ScriptedAws) -> None:
    ended = ends(f"--endpoint={aws.url}", "--api-id=another", "--port=0")

    assert ended.returncode == 1
    assert ended.stderr == "gateway: expected one WebSocket API, found: none\n"


def ends(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local.gateway", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
