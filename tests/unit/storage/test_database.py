import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from pynamodb.exceptions import TransactWriteError
from pynamodb.models import Model

from chat.storage.database import (
    MAX_THREADS,
    USER_AGENT,
    failed_conditions,
    gather,
    gather_two,
    in_threads,
    transaction,
)
from chat.storage.tables import ConnectionRow, UserRow
from testing.simulation import REGION, START_MS, Simulation
from testing.tables import MODELS, bound_tables

# Concurrency.


@pytest.mark.parametrize("number", [0, 1, 2, MAX_THREADS, 3 * MAX_THREADS])
def test_results_are_in_the_order_of_the_calls(number: int) -> None:
    calls = [lambda n=n: n for n in range(number)]

    assert in_threads(*calls) == list(range(number))


def test_calls_are_made_at_the_same_time() -> None:
    both_there = threading.Barrier(2, timeout=60)

    arrived = in_threads(both_there.wait, both_there.wait)

    assert sorted(arrived) == [0, 1]


def test_one_call_needs_no_thread() -> None:
    assert in_threads(threading.current_thread) == [threading.current_thread()]


def test_failed_call_raises_after_all_calls_ended() -> None:
    ended: list[str] = []

    def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        in_threads(fail, lambda: ended.append("one"), lambda: ended.append("other"))

    assert sorted(ended) == ["one", "other"]


@pytest.mark.usefixtures("simulation")
def test_concurrent_requests_return_in_order() -> None:
    assert gather_two(lambda: 1, lambda: "x") == (1, "x")
    assert gather(*(lambda n=n: n for n in range(3))) == [0, 1, 2]


# One client.


@pytest.mark.usefixtures("simulation")
@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_all_tables_share_one_client(model: type[Model]) -> None:
    made = model._get_connection().connection  # noqa: SLF001 -- PynamoDB has no public name

    assert made is bound_tables(REGION)


@pytest.mark.usefixtures("simulation")
def test_user_agent_names_the_product_only() -> None:
    config: Any = bound_tables(REGION).client.meta.config

    assert config.user_agent == USER_AGENT


def test_responses_equal_those_of_botocore(simulation: Simulation) -> None:
    row: dict[str, Any] = {"username": {"S": "ålice"}, "user_id": {"S": "u"}}
    row["deep"] = {"L": [{"M": {"is": {"BOOL": True}, "not": {"NULL": True}}}, {"N": "12.5"}]}
    boto3.client("dynamodb", REGION).put_item(TableName="UsersTable", Item=row)

    answer = simulation.dynamodb.get_item(TableName="UsersTable", Key={"username": {"S": "ålice"}})

    assert answer["Item"] == row
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.OK


# Conflicts and conditions.


def taken(username: str) -> None:
    with transaction() as writes:
        writes.save(UserRow("somebody", user_id="u", created_at=0))
        writes.save(
            UserRow(username, user_id="u", created_at=0),
            condition=UserRow.username.does_not_exist(),
        )


@pytest.mark.usefixtures("simulation")
def test_transaction_reports_the_condition_that_failed() -> None:
    taken("alice")

    with pytest.raises(TransactWriteError) as refused:
        taken("alice")

    assert failed_conditions(refused.value) == [False, True]


@pytest.mark.usefixtures("simulation")
def test_transaction_is_atomic() -> None:
    UserRow("alice", user_id="u", created_at=0).save()

    with pytest.raises(TransactWriteError):
        taken("alice")

    with pytest.raises(UserRow.DoesNotExist):
        UserRow.get("somebody")


class Answer(AWSResponse):
    """A fake answer of DynamoDB."""

    def __init__(self, url: str, error: dict[str, Any]) -> None:
        super().__init__(url, 400, {"x-amzn-RequestId": "r"}, None)  # type: ignore[arg-type]  # no body to stream
        self._content = json.dumps(error).encode()


@contextmanager
def answering(simulation: Simulation, *errors: dict[str, Any]) -> Iterator[list[str]]:
    """Answer the next requests with these errors; give the list of all requests."""
    left, requests = list(errors), []

    def answer(request: AWSPreparedRequest, **_: object) -> Answer | None:
        requests.append(request.url)
        return Answer(request.url, left.pop(0)) if left else None

    events = simulation.dynamodb.meta.events
    events.register_first("before-send.dynamodb", answer)  # type: ignore[arg-type]  # it answers
    try:
        yield requests
    finally:
        events.unregister("before-send.dynamodb", answer)  # type: ignore[arg-type]  # as above


def cancelled(*codes: str) -> dict[str, Any]:
    return {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "message": "Transaction cancelled",
        "CancellationReasons": [{"Code": code} for code in codes],
    }


CONFLICT = {
    "__type": "com.amazonaws.dynamodb.v20120810#TransactionConflictException",
    "message": "Transaction is ongoing for the item",
}


@pytest.mark.parametrize(
    "error",
    [
        cancelled("TransactionConflict", "None"),
        cancelled("None", "ThrottlingError"),
        cancelled("TransactionConflict", "ProvisionedThroughputExceeded"),
        cancelled("ConditionalCheckFailed", "TransactionConflict"),
    ],
    ids=lambda error: "-".join(each["Code"] for each in error["CancellationReasons"]),
)
def test_conflicting_transaction_is_retried(simulation: Simulation, error: dict[str, Any]) -> None:
    with answering(simulation, error, error) as requests, transaction() as writes:
        writes.save(UserRow("alice", user_id="u", created_at=0))

    assert len(requests) == 3
    assert UserRow.get("alice").user_id == "u"


def test_write_that_conflicts_with_a_transaction_is_retried(simulation: Simulation) -> None:
    with answering(simulation, CONFLICT) as requests:
        ConnectionRow("c", connected_at=START_MS, source="", expires_at=0).save()

    assert len(requests) == 2


@pytest.mark.parametrize(
    "codes",
    [
        ("ConditionalCheckFailed", "None"),
        ("ValidationError", "None"),
        ("None", "None"),
    ],
)
def test_transaction_with_a_failed_condition_is_not_retried(
    simulation: Simulation, codes: tuple[str, str]
) -> None:
    with answering(simulation, cancelled(*codes)) as requests, pytest.raises(TransactWriteError):
        taken("alice")

    assert len(requests) == 1
