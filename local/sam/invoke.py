"""`python -m local.sam.invoke EVENT.json …`: the function of each event, once, in SAM's container.

The functions use the tables, queues and connections of the stack that `make run` has started, at
PORT and AWS_PORT. Prints what each function answers, and what is pushed meanwhile.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.deployment import Build, Built
from local.options import Options
from local.sam.command import run_command
from local.sam.containers import SamLocal, sam_local
from local.sam.deployed import Deployed, Event
from local.sam.engine import Engine
from local.sam.people import connected_people
from local.stack import Stack
from local.tools import LocalStackError

_REACH_SECONDS = 2


def main(paths: list[str]) -> int:
    if not paths:
        raise LocalStackError("name an event: E=events/typing.json")
    events = {path: _read(path) for path in paths}
    stack = Stack(Options.from_environment())
    _check_runs(stack)
    engine = Engine.find()
    deployed = Deployed.read(stack.aws_url)
    functions = {path: deployed.function_for(event) for path, event in events.items()}
    ports = (stack.options.aws_port, stack.options.port)
    with sam_local(engine, deployed, _build(stack.options), ports) as sam:
        for path, function in functions.items():
            _invoke(sam, stack, function, path)
    return 0


def _read(path: str) -> Event:
    try:
        event = json.loads(Path(path).read_text())
    except (OSError, ValueError) as error:
        raise LocalStackError(f"{path} is no event: {error}") from error
    if not isinstance(event, dict):
        raise LocalStackError(f"{path} is no event: it is no JSON object")
    return event


def _check_runs(stack: Stack) -> None:
    for variable, port in (("PORT", stack.options.port), ("AWS_PORT", stack.options.aws_port)):
        try:
            socket.create_connection(("127.0.0.1", port), _REACH_SECONDS).close()
        except OSError as error:
            raise LocalStackError(
                f"nothing listens at {variable}={port}: start `make run` in another terminal, "
                "and give both the same PORT and AWS_PORT"
            ) from error


def _build(options: Options) -> Built:
    """Build what has changed since `make run` built it."""
    build = Build(options.build, options.project)
    with build.locked():
        built = build.describe()
        if not build.is_current(built):
            print("building the functions", flush=True)  # noqa: T201 - a command's progress
            build.perform(built, _run)
    return built


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 - a command of our own
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
    )
    if done.returncode:
        raise LocalStackError(f"the build failed:\n{done.stdout}")


def _invoke(sam: SamLocal, stack: Stack, function: str, path: str) -> None:
    """Invoke, and print the answer and the pushes."""
    recorded = Path(path).read_text()
    with connected_people(stack, recorded) as people:
        event = people.put_into(recorded)
        began = time.monotonic()
        answer = _answer(sam, function, event, path)
        seconds = time.monotonic() - began
        _print(f"{Path(path).stem} ({seconds:.1f} s): {_shown(answer)}")
        for name, pushed in people.pushes():
            _print(f"   {name} < {pushed}")


def _answer(sam: SamLocal, function: str, event: str, path: str) -> Any:  # noqa: ANN401 - what a function returns
    with sam.started(
        *("invoke", function, "--event", "-"), output=subprocess.PIPE, log=subprocess.PIPE
    ) as process:
        output, log = process.communicate(event.encode())
    answer = _json(output)
    # SAM reports a function that did not answer, such as one out of time, in its log alone.
    failed = isinstance(answer, dict) and "errorType" in answer
    if process.returncode or failed or not output.strip():
        output_and_log = b"\n".join((output.strip(), log)).decode(errors="replace")
        raise LocalStackError(f"{function} failed on {path}: {output_and_log}")
    return answer


def _json(output: bytes) -> object:
    try:
        return json.loads(output)
    except ValueError:
        return None


def _shown(answer: object) -> str:
    """Show the frame of a reply alone."""
    match answer:
        case {"body": str(body)} if body:
            return body
    return json.dumps(answer)


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the command is for


if __name__ == "__main__":
    sys.exit(run_command(lambda: main(sys.argv[1:])))
