"""`make invoke`, with real containers, beside a local stack."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.sam.engine import Engine
from local.stack import Stack
from local.tools import ROOT

EVENTS = sorted(path.relative_to(ROOT) for path in (ROOT / "events").glob("*.json"))
ANSWERED = re.compile(r"^(?P<event>\w+) \(\d+\.\d s\): (?P<answer>.*)$")
PUSHED = re.compile(r"^   (?P<name>\w+) < (?P<frame>.*)$")
SECONDS = 600
POLL_SECONDS = 0.05

# What a developer's shell may hold, and no container may get.
DEVELOPER = {
    "AWS_ACCESS_KEY_ID": "developers-own",
    "AWS_SECRET_ACCESS_KEY": "developers-own",
    "AWS_SESSION_TOKEN": "developers-own",
    "AWS_REGION": "eu-central-1",
    "AWS_CA_BUNDLE": "/no/such/file",
    "ROSTER_TABLE": "developers-own",
}


def invoking(stack: Stack, *events: Path) -> subprocess.Popen[str]:
    ports = {"PORT": str(stack.options.port), "AWS_PORT": str(stack.options.aws_port)}
    names = " ".join(map(str, events))
    return subprocess.Popen(
        ["make", "--silent", "invoke", f"E={names}"],  # noqa: S607 -- as a developer types it
        cwd=ROOT,
        env=os.environ | DEVELOPER | ports,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def invoked(process: subprocess.Popen[str]) -> list[str]:
    output, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, output + errors
    return output.splitlines()


def answers(lines: list[str]) -> dict[str, Any]:
    found = filter(None, map(ANSWERED.match, lines))
    return {each["event"]: json.loads(each["answer"]) for each in found}


def containers(engine: Engine) -> list[dict[str, str]]:
    """Give the environment of each container of a run."""
    environments = [
        dict(variable.split("=", 1) for variable in each.attrs["Config"]["Env"])
        for each in engine.client.containers.list(all=True, ignore_removed=True)
    ]
    return [each for each in environments if "PARLEY_RUN" in each]


def first_container(engine: Engine) -> dict[str, str]:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if found := containers(engine):
            return found[0]
        time.sleep(POLL_SECONDS)
    raise AssertionError("no container was started")


def failures(lines: list[str]) -> Iterator[Any]:
    for event, answer in answers(lines).items():
        match answer:
            case {"type": "error" | "auth_error", "code": "internal"}:
                yield event, answer


def test_every_event_is_answered_by_two_runs_at_once(stack: Stack) -> None:
    runs = [invoking(stack, *EVENTS[half::2]) for half in (0, 1)]

    lines = [line for run in runs for line in invoked(run)]

    assert answers(lines).keys() == {event.stem for event in EVENTS}
    assert list(failures(lines)) == []


def test_typing_is_pushed_to_the_other_members(stack: Stack) -> None:
    lines = invoked(invoking(stack, Path("events/typing.json")))

    pushed = [each.groups() for each in filter(None, map(PUSHED.match, lines))]
    frames = {name: json.loads(frame) for name, frame in pushed}
    assert answers(lines) == {"typing": {"statusCode": 200}}
    assert frames.keys() == {"bob", "carol"}
    assert {(each["type"], each["data"]["username"]) for each in frames.values()} == {
        ("typing", "alice")
    }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_run_leaves_no_container(
    stack: Stack, engine: Engine, number: signal.Signals
) -> None:
    run = invoking(stack, Path("events/history.json"), Path("events/heartbeat.json"))
    environment = first_container(engine)

    os.killpg(run.pid, number)
    run.communicate(timeout=SECONDS)

    assert run.returncode != 0
    assert containers(engine) == []
    assert environment["AWS_ACCESS_KEY_ID"] == "test"
    assert "developers-own" not in environment.values()
