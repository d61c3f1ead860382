"""`make invoke` says at once what it lacks."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from local.tools import ROOT

EVENT = "events/typing.json"


def invoke(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local.sam.invoke", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": "layers/chat"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def listening() -> Iterator[dict[str, str]]:
    """Listen at two ports, as a stack does."""
    with ExitStack() as servers:
        ports = [
            servers.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            for _ in range(2)
        ]
        yield {"PORT": str(ports[0]), "AWS_PORT": str(ports[1])}


def test_a_missing_engine_is_named_with_what_works_without(listening: dict[str, str]) -> None:
    done = invoke(EVENT, DOCKER_HOST="unix:///no/such.sock", **listening)

    assert done.returncode == 1
    assert "no container engine answers at unix:///no/such.sock" in done.stderr
    assert "`make run` alone needs none" in done.stderr


def test_a_stack_that_does_not_run_is_asked_for_by_its_ports(listening: dict[str, str]) -> None:
    done = invoke(EVENT, **listening | {"PORT": "1"})

    assert done.returncode == 1
    assert "nothing listens at PORT=1: start `make run`" in done.stderr


def test_without_an_event_one_is_asked_for() -> None:
    done = invoke()

    assert done.returncode == 1
    assert "name an event" in done.stderr


@pytest.mark.parametrize("text", [None, "{", "[]"])
def test_a_file_that_is_no_event_is_named(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    if text is not None:
        path.write_text(text)

    done = invoke(str(path))

    assert done.returncode == 1
    assert f"{path} is no event" in done.stderr


def test_make_names_a_missing_event_before_it_does_anything() -> None:
    done = subprocess.run(
        ["make", "--silent", "invoke"],  # noqa: S607 -- as a developer types it
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "make invoke E=events/typing.json" in done.stdout
