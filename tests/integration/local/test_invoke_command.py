"""`make invoke` says at once what it lacks."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from local.sam.command import run_command
from local.sam.invoke import main
from local.tools import ROOT, LocalStackError

EVENT = str(ROOT / "events/typing.json")


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Give the signals back that a command takes."""
    before = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Listen at two ports, as a stack does."""
    with ExitStack() as servers:
        for variable in ("PORT", "AWS_PORT"):
            server = servers.enter_context(socket.create_server(("127.0.0.1", 0)))
            monkeypatch.setenv(variable, str(server.getsockname()[1]))
        yield


@pytest.mark.usefixtures("listening")
def test_a_missing_engine_is_named_with_what_works_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///no/such.sock")
    monkeypatch.setenv("PYTHONPATH", "layers/chat")

    # In a process of its own: the engine's client leaves the socket open that met nobody.
    done = subprocess.run(
        [sys.executable, "-m", "local.sam.invoke", EVENT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "no container engine answers at unix:///no/such.sock" in done.stderr
    assert "`make run` alone needs none" in done.stderr


@pytest.mark.usefixtures("listening")
def test_a_stack_that_does_not_run_is_asked_for_by_its_ports(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PORT", "1")

    with pytest.raises(LocalStackError, match="nothing listens at PORT=1: start `make run`"):
        main([EVENT])


@pytest.mark.parametrize("text", [None, "{", "[]"])
def test_a_file_that_is_no_event_is_named(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(LocalStackError, match=f"{path} is no event"):
        main([str(path)])


def test_without_an_event_one_is_asked_for() -> None:
    with pytest.raises(LocalStackError, match="name an event"):
        main([])


def test_a_signal_ends_a_command_as_an_interrupt(tmp_path: Path) -> None:
    cleaned = tmp_path / "cleaned"

    def command() -> int:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            return 0
        finally:
            # A second signal must not keep it from cleaning up.
            os.kill(os.getpid(), signal.SIGTERM)
            cleaned.touch()

    assert run_command(command) == 130
    assert cleaned.exists()


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
