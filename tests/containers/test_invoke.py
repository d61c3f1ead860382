"""`make invoke`, with real containers, beside a local stack."""

import json
import os
import re
import signal
import subprocess
from contextlib import closing
from typing import Any

import pytest

from docs.reference.events import cases
from local.sam.engine import Engine
from local.stack import Stack
from local.tools import ROOT

EVENTS = {path.stem for path in (ROOT / "events").glob("*.json")}
ANSWERED = re.compile(r"^(?P<event>\w+) \(\d+\.\d s\): (?P<answer>.*)$")
PUSHED = re.compile(r"^   (?P<name>\w+) < (?P<text>.*)$")
SECONDS = 850
RUNS = 4

# Whatever other events have changed before.
WRONG_IN_ITSELF = {"bad_request", "unknown_type", "invalid_credentials", "already_authenticated"}

# What a developer's shell may hold, and no container may get.
DEVELOPER = {
    "AWS_ACCESS_KEY_ID": "developers-own",
    "AWS_SECRET_ACCESS_KEY": "developers-own",
    "AWS_SESSION_TOKEN": "developers-own",
    "AWS_REGION": "eu-central-1",
    "AWS_CA_BUNDLE": "/no/such/file",
    "ROSTER_TABLE": "developers-own",
}


type Answers = dict[str, tuple[Any, list[tuple[str, str]]]]
"""By event: the answer, and what was pushed to whom."""


def invoking(stack: Stack, *events: str) -> subprocess.Popen[str]:
    ports = {"PORT": str(stack.options.port), "AWS_PORT": str(stack.options.aws_port)}
    paths = " ".join(f"events/{event}.json" for event in events)
    return subprocess.Popen(
        ["make", "--silent", "invoke", f"E={paths}"],  # noqa: S607 -- as a developer types it
        cwd=ROOT,
        env=os.environ | DEVELOPER | ports,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def printed(process: subprocess.Popen[str]) -> Answers:
    output, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, output + errors
    answers: Answers = {}
    for line in output.splitlines():
        if answered := ANSWERED.match(line):
            pushes: list[tuple[str, str]] = []
            answers[answered["event"]] = (json.loads(answered["answer"]), pushes)
        elif pushed := PUSHED.match(line):
            pushes.append((pushed["name"], pushed["text"]))
    return answers


def containers(engine: Engine) -> list[dict[str, str]]:
    """Give the environment of each container of a run."""
    environments = [
        dict(variable.split("=", 1) for variable in each.attrs["Config"]["Env"])
        for each in engine.client.containers.list(all=True, ignore_removed=True)
    ]
    return [each for each in environments if "PARLEY_RUN" in each]


@pytest.fixture(scope="module")
def answers(stack: Stack) -> Answers:
    """Invoke all functions in runs at the same time; `typing` while Alice is a member."""
    events = ["typing", *sorted(EVENTS - {"typing"})]
    runs = [invoking(stack, *events[number::RUNS]) for number in range(RUNS)]
    return {event: answer for run in runs for event, answer in printed(run).items()}


def test_every_event_is_answered(answers: Answers) -> None:
    assert answers.keys() == EVENTS


def test_no_event_meets_a_fault(answers: Answers) -> None:
    faults = [answer for answer, _ in answers.values() if "internal" in json.dumps(answer)]

    assert faults == []


def test_an_event_that_is_wrong_in_itself_is_rejected_as_expected(answers: Answers) -> None:
    expected = {name: case.code for name, case in cases().items() if case.code in WRONG_IN_ITSELF}

    assert {name: answers[name][0].get("code") for name in expected} == expected


def test_typing_is_pushed_to_the_other_members(answers: Answers) -> None:
    answer, pushes = answers["typing"]

    frames = [(name, json.loads(text)) for name, text in pushes]
    typing = {
        name: frame["data"]["username"] for name, frame in frames if frame["type"] == "typing"
    }
    assert answer["type"] == cases()["typing"].reply
    assert typing == {"bob": "alice", "carol": "alice"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_run_leaves_no_container(
    stack: Stack, engine: Engine, number: signal.Signals
) -> None:
    created = engine.client.events(decode=True, filters={"type": "container", "event": "create"})
    with closing(created), invoking(stack, "history", "heartbeat") as run:
        # Building the image creates containers too.
        environment = next(found[0] for _ in created if (found := containers(engine)))

        os.killpg(run.pid, number)
        run.communicate(timeout=SECONDS)

    assert run.returncode != 0
    assert containers(engine) == []
    assert environment["AWS_ACCESS_KEY_ID"] == "test"
    assert "developers-own" not in environment.values()
