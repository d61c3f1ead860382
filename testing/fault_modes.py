"""Faults of DynamoDB requests: throttling, failures, lost answers, conflicting transactions."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

from testing.simulation import Simulation
from testing.snapshots import Snapshot

_API = "com.amazonaws.dynamodb.v20120810#"
_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}


class Fault(Enum):
    """A temporary fault of a request."""

    THROTTLED = "refused, since there are too many"
    FAILED = "failed, with nothing done"
    LOST = "done, and the answer was lost"
    TRANSACTION_CONFLICT = "refused, since another transaction is on the same row"


def fault_modes(
    simulation: Simulation, action: Callable[[], Any], fault: Fault
) -> Iterator[tuple[Any, str]]:
    """Run an action once for each of its requests, whose first attempt fails.

    Yields each time what the action returned and which request failed; then restores the state.
    """
    start, number, met = Snapshot(simulation), 0, True
    while met:
        with _injecting(simulation, fault, number) as requests:
            result = action()
        met = len(requests) > number
        if met and requests[number]:
            yield result, f"request {number}, {requests[number]}, was {fault.value}"
        start.restore()
        number += 1


@contextmanager
def _injecting(simulation: Simulation, fault: Fault, number: int) -> Iterator[list[str]]:
    """Give the requests; only the one that failed is named, if this fault applies to it."""
    requests: list[str] = []
    answers: dict[str, Any] = {}

    def send(request: Any, event_name: str, **_: object) -> AWSResponse | None:  # noqa: ANN401 -- botocore carries no types
        botocore_stubber.enabled = True
        operation = event_name.rpartition(".")[2]
        token = json.loads(request.body).get("ClientRequestToken")
        meets = len(requests) == number
        answer = _answer(fault, operation, request) if meets else None
        requests.append(operation if answer else "")
        if token in answers:
            return _instead(answers[token])  # as DynamoDB does, and moto does not
        if answer and fault is Fault.LOST:
            answers[token or event_name] = botocore_stubber(event_name, request)
        return _instead(answer) if answer else None

    events: Any = simulation.dynamodb.meta.events
    events.register_first("before-send.dynamodb", send)
    try:
        yield requests
    finally:
        events.unregister("before-send.dynamodb", send)
        botocore_stubber.enabled = True


def _instead(answer: AWSResponse) -> AWSResponse:
    """Give an answer and keep moto, which is called in any case, from acting."""
    botocore_stubber.enabled = False
    return answer


def _answer(fault: Fault, operation: str, request: Any) -> AWSResponse | None:  # noqa: ANN401 -- as above
    match fault:
        case Fault.THROTTLED:
            return _error(request, 400, "ProvisionedThroughputExceededException")
        case Fault.FAILED | Fault.LOST:
            return _error(request, 500, "InternalServerError")
        case Fault.TRANSACTION_CONFLICT if operation in _WRITES:
            return _error(request, 400, "TransactionConflictException")
        case Fault.TRANSACTION_CONFLICT if operation == "TransactWriteItems":
            parts = json.loads(request.body)["TransactItems"]
            reasons = [{"Code": "None"} for _ in parts[1:]]
            conflict = {"Code": "TransactionConflict", "Message": "ongoing"}
            reasons.append(conflict)
            return _error(request, 400, "TransactionCanceledException", CancellationReasons=reasons)
        case Fault.TRANSACTION_CONFLICT:
            return None


def _error(request: Any, status: int, code: str, **more: object) -> AWSResponse:  # noqa: ANN401 -- as above
    body = json.dumps({"__type": _API + code, "message": "made by a test", **more})
    headers = HTTPHeaders()
    headers["content-type"] = "application/x-amz-json-1.0"
    return AWSResponse(request.url, status, headers, MockRawResponse(body))
