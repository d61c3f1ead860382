"""Lambda's Runtime API, which gives the runtime its events and takes its answers.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue
from typing import Any, NamedTuple
from uuid import uuid4

from tests.integration.runtime.serving import Answer, Request, serving

VERSION = "/2018-06-01/runtime"
ANSWER_SECONDS = 30


class Invocation(NamedTuple):
    id: str
    event: object
    seconds: float
    """How long it may take."""


class RuntimeApi:
    """Hands one function's events out, and takes its answers."""

    def __init__(self) -> None:
        self.address = ""
        self.last_invocation = ""
        self._events: Queue[Invocation] = Queue()
        self._answers: Queue[tuple[str, Any]] = Queue()

    def invoke(self, event: object, seconds: float = ANSWER_SECONDS) -> Any:  # noqa: ANN401 -- whatever the function answers
        """Have an event handled; returns the answer.

        Raises:
            AssertionError: the function failed, or could not even be loaded.
        """
        invocation = Invocation(str(uuid4()), event, seconds)
        self.last_invocation = invocation.id
        self._events.put(invocation)
        about, answer = self._answers.get(timeout=ANSWER_SECONDS)
        assert about == f"{VERSION}/invocation/{invocation.id}/response", answer
        return answer

    @contextmanager
    def serving(self) -> Iterator[None]:
        with serving(self._answer) as self.address:
            yield

    def _answer(self, request: Request) -> Answer:
        if request.path == f"{VERSION}/invocation/next":
            return self._next()
        self._answers.put((request.path, json.loads(request.body)))
        return Answer(202, b"{}")

    def _next(self) -> Answer:
        invocation = self._events.get()
        deadline_ms = time.time_ns() // 1_000_000 + round(invocation.seconds * 1000)
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": invocation.id,
            "Lambda-Runtime-Deadline-Ms": str(deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-central-1:123456789012:f",
        }
        return Answer(200, json.dumps(invocation.event).encode(), headers)
