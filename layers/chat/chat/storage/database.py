"""The one DynamoDB client that all tables share, and how its requests are paired and retried.

PynamoDB makes a client a model, and a client costs 40 ms of CPU on a cold start.
"""

import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, Protocol

from botocore.config import Config
from msgspec import json
from pynamodb.connection import Connection, TableConnection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

USER_AGENT = "parley"
MAX_THREADS = 16
CONFLICT_ATTEMPTS = 8
CONFLICT_DELAY_SECONDS = 0.02

_PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
"""Reasons of a cancelled transaction that pass by themselves.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

_MET_ANOTHER = {"TransactionConflictException", "TransactionInProgressException"}
"""A single write met a transaction, or a transaction met its own first try, still under way."""


class Gather(Protocol):
    """Makes several independent requests at once and returns their results in order."""

    def __call__(self, *calls: Callable[[], Any]) -> list[Any]: ...


def in_threads(*calls: Callable[[], Any]) -> list[Any]:
    """Make independent requests at once, in as long as the slowest takes.

    Raises:
        Exception: what the first of the failing calls raised, after all have ended.
    """
    if len(calls) <= 1:
        return [call() for call in calls]
    first, *others = calls
    with ThreadPoolExecutor(min(MAX_THREADS, len(others))) as threads:
        futures = [threads.submit(call) for call in others]
        return [first(), *(future.result() for future in futures)]


class _Bound:
    connection: Connection
    gather: Gather


def bind(
    table_names: Mapping[type[Model], str], region: str, gather: Gather = in_threads
) -> Connection:
    """Give the models their tables, and all of them one client.

    The binding is the process's, since PynamoDB keeps it on the models: the last one counts.
    """
    connection = Connection(
        region=region,
        # A request without an answer fails before its function's ten seconds are over.
        connect_timeout_seconds=1,
        read_timeout_seconds=2,
        max_retry_attempts=2,
        max_pool_connections=32,
    )
    # Without this, botocore would build the description of this process again for every request.
    connection.session.set_default_client_config(Config(user_agent=USER_AGENT))
    for model, name in table_names.items():
        _bind(model, name, connection)
    events = connection.client.meta.events
    events.register("needs-retry.dynamodb", _retry_conflict)  # type: ignore[arg-type]  # it answers
    events.register("before-parse.dynamodb", _skip_response_shaping)
    _Bound.connection, _Bound.gather = connection, gather
    return connection


def gather[T](*calls: Callable[[], T]) -> list[T]:
    """Make independent requests in one round trip's time; results come in the calls' order."""
    return _Bound.gather(*calls)


def gather_two[A, B](one: Callable[[], A], other: Callable[[], B]) -> tuple[A, B]:
    """Make two independent requests in one round trip's time."""
    first, second = _Bound.gather(one, other)
    return first, second


def transaction() -> TransactWrite:
    """Begin a transaction, which commits if its `with` block raises nothing."""
    return TransactWrite(connection=_Bound.connection)


def table(model: type[Model]) -> TableConnection:
    """Give a model's table without the model: one object a row would cost too much."""
    return model._get_connection()  # noqa: SLF001 -- PynamoDB has no public name for it


def is_condition_failure(error: PynamoDBException) -> bool:
    """Tell whether a single write was refused by its own condition, not by a fault."""
    return error.cause_response_code == "ConditionalCheckFailedException"


def failed_conditions(error: TransactWriteError) -> list[bool]:
    """Return for each of a transaction's writes whether its own condition failed.

    PynamoDB orders the writes: condition checks, deletions, puts, updates. Empty if no condition
    was evaluated.
    """
    reasons = error.cancellation_reasons
    return [bool(reason and reason.code == "ConditionalCheckFailed") for reason in reasons]


def first_put(writes: TransactWrite) -> int:
    """Return the place of a transaction's first put among its `failed_conditions`."""
    return len(writes._condition_check_items) + len(writes._delete_items)  # noqa: SLF001 -- PynamoDB has no public name for them


def _bind(model: type[Model], table_name: str, connection: Connection) -> None:
    model.Meta.table_name = table_name
    model._connection = None  # noqa: SLF001 -- as in table()
    bound = table(model)
    connection.add_meta_table(bound.get_meta_table())
    bound.connection = connection


def _skip_response_shaping(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    """Skip botocore's comparison of each value with its shape.

    It would cost four times the CPU of a push to the row's connection, and it changes only binary
    values, which `UnshapedBinaryAttribute` decodes.
    """
    if response_dict["status_code"] == HTTPStatus.OK:
        customized_response_dict.update(json.decode(response_dict["body"]))
        response_dict["body"] = b"{}"


def _retry_conflict(
    response: tuple[object, dict[str, Any]] | None, attempts: int, **_: object
) -> float | None:
    """Tell botocore how long to wait before it repeats a request that met another transaction."""
    if response is None or attempts >= CONFLICT_ATTEMPTS:
        return None
    parsed = response[1]
    code = parsed.get("Error", {}).get("Code")
    # A condition that failed as well may have failed by a state that passes too.
    reasons = {reason["Code"] for reason in parsed.get("CancellationReasons", ())}
    passes = code == "TransactionCanceledException" and reasons & _PASSING
    if passes or code in _MET_ANOTHER:
        # Randomness keeps two writers from meeting again. It protects no secret.
        return random.uniform(0.2, 1) * CONFLICT_DELAY_SECONDS * (1 << attempts)  # noqa: S311
    return None
