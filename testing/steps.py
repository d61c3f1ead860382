"""The steps of a function: requests, pushes, messages to queues.

Here tests order the steps, stop between two of them, or count them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from mypy_boto3_dynamodb import DynamoDBClient

from testing.queries import queried_partition
from testing.tables import key_names

_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}


class Place(NamedTuple):
    """What a step touches: a row, a whole partition (no row), or a whole table (no partition)."""

    table: str
    partition: str | None
    row: str | None
    is_written: bool

    def conflicts_with(self, other: "Place") -> bool:
        """Tell whether the order of the two can matter."""
        return (
            self.table == other.table
            and (self.partition == other.partition or None in (self.partition, other.partition))
            and (self.row == other.row or None in (self.row, other.row))
            and (self.is_written or other.is_written)
        )


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    places: tuple[Place, ...]

    @property
    def is_request(self) -> bool:
        """Whether it is a request to DynamoDB or S3: only those names begin with a capital."""
        return self.name[0].isupper()

    def conflicts_with(self, other: "Step") -> bool:
        return any(one.conflicts_with(another) for one in self.places for another in other.places)


class Steps:
    """Calls an observer just before and just after each step."""

    def __init__(self) -> None:
        self.before: Callable[[Step], None] = _nothing
        self.after: Callable[[Step], None] = _nothing

    @contextmanager
    def taking(self, step: Step) -> Iterator[None]:
        self.before(step)
        yield
        self.after(step)

    @contextmanager
    def observing(
        self,
        client: DynamoDBClient,
        before: Callable[[Step], None] = lambda _: None,
        after: Callable[[Step], None] = lambda _: None,
    ) -> Iterator[None]:
        """Observe the client's requests as well, until the block ends."""
        self.before, self.after = before, after
        events = client.meta.events
        events.register("provide-client-params.dynamodb", self._before_request)
        events.register("after-call.dynamodb", self._after_request)
        try:
            yield
        finally:
            events.unregister("provide-client-params.dynamodb", self._before_request)
            events.unregister("after-call.dynamodb", self._after_request)
            self.before, self.after = _nothing, _nothing

    def _before_request(
        self,
        params: dict[str, Any],
        model: Any,  # noqa: ANN401 -- botocore carries no types
        context: dict[str, Any],
        **_: object,
    ) -> None:
        context["step"] = Step(model.name, tuple(_places(model.name, params)))
        self.before(context["step"])

    def _after_request(self, context: dict[str, Any], **_: object) -> None:
        self.after(context["step"])


def on_sockets(name: str, connection_ids: Iterable[str]) -> Step:
    """Make a step on open connections."""
    return Step(
        name, tuple(Place("sockets", each, None, is_written=True) for each in connection_ids)
    )


def _nothing(_: Step) -> None: ...


def _places(operation: str, params: Mapping[str, Any]) -> Iterator[Place]:
    match operation:
        case "Query" | "Scan":
            partition = queried_partition(params)
            text = _text(partition) if partition else None
            yield Place(params["TableName"], text, None, is_written=False)
        case "TransactWriteItems":
            for part in params["TransactItems"]:
                for kind, write in part.items():
                    yield _row(write["TableName"], write, is_written=kind != "ConditionCheck")
        case "BatchWriteItem":
            for table, parts in params["RequestItems"].items():
                for part in parts:
                    yield from (_row(table, each, is_written=True) for each in part.values())
        case "BatchGetItem":
            for table, asked in params["RequestItems"].items():
                yield from (_row(table, {"Key": key}, is_written=False) for key in asked["Keys"])
        case _:
            yield _row(params["TableName"], params, is_written=operation in _WRITES)


def _row(table: str, request: Mapping[str, Any], *, is_written: bool) -> Place:
    key = request.get("Key") or request["Item"]
    hash_key, *range_key = key_names(table)
    row = _text(key[range_key[0]]) if range_key else None
    return Place(table, _text(key[hash_key]), row, is_written)


def _text(value: Mapping[str, str]) -> str:
    [text] = value.values()
    return text
