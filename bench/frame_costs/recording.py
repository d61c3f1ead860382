"""Recording a frame: the requests that its handler makes, their answers, and what is pushed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import Struct

from testing.capacity_meter import metered
from testing.round_trips import counting_round_trips
from testing.simulation import Invocation, Simulation
from testing.stored import find_stored

type Event = dict[str, Any]
type Answer = tuple[int, str]
"""A status and a body."""


class Recorded(Struct, frozen=True, kw_only=True):
    """What a frame asked of AWS, and what it was answered."""

    event: Event
    answers: dict[str, list[Answer]]
    """By operation and table, in the order of the requests."""
    trips: int
    """Requests in a row: those at the same time count once."""
    requests: int
    read_units: float
    write_units: float
    posts: int


def record(
    simulation: Simulation, handle: Callable[[Event, Invocation], Any], event: Event
) -> Recorded:
    """Handle an event once.

    Raises:
        RuntimeError: the event was rejected, so that it would cost too little.
    """
    simulation.sockets.received.clear()
    with (
        _answers(simulation) as answers,
        counting_round_trips(simulation) as trips,
        metered(simulation.dynamodb, find_stored) as bill,
    ):
        answer = handle(event, Invocation())
    require_success(answer)
    return Recorded(
        event=event,
        answers=answers,
        trips=trips.all,
        requests=len(bill.requests),
        read_units=bill.read_units,
        write_units=bill.write_units,
        posts=sum(map(len, simulation.sockets.received.values())),
    )


def require_success(answer: dict[str, Any]) -> None:
    """Check the answer of a handler.

    Raises:
        RuntimeError: it is an error.
    """
    reply = json.loads(answer.get("body") or "{}")
    is_error = reply.get("type") in ("error", "auth_error") or answer.get("batchItemFailures")
    if is_error or answer.get("statusCode", 200) != 200:  # noqa: PLR2004 -- HTTP's
        raise RuntimeError(answer)


def answer_key(operation: str, asked: dict[str, Any]) -> str:
    """Name the request that an answer is for."""
    return f"{operation} {asked.get('TableName', '')}"


def _answer(response: Any) -> Answer:  # noqa: ANN401 -- botocore carries no types
    return response.status_code, response.content.decode()


@contextmanager
def _answers(simulation: Simulation) -> Iterator[dict[str, list[Answer]]]:
    found: dict[str, list[Answer]] = {}
    asked: list[dict[str, Any]] = []

    def before(params: dict[str, Any], **_: object) -> None:
        asked.append(params)

    def after(model: Any, http_response: Any, **_: object) -> None:  # noqa: ANN401 -- botocore carries no types
        key = answer_key(model.name, asked[-1])
        found.setdefault(key, []).append(_answer(http_response))

    events = simulation.dynamodb.meta.events
    events.register("provide-client-params.dynamodb", before)
    events.register("after-call.dynamodb", after)
    try:
        yield found
    finally:
        events.unregister("provide-client-params.dynamodb", before)
        events.unregister("after-call.dynamodb", after)
