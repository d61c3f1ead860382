"""What requests of a DynamoDB client cost, from the sizes of the items they read and write.

Emulators answer with made-up capacity; the rules are
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from testing.item_size import item_size
from testing.queries import queried_partition
from testing.tables import Index, declared_indexes, key_names

READ_BYTES = 4_096
WRITTEN_BYTES = 1_024
TRANSACTIONAL = 2
type Item = Mapping[str, Any]
type Find = Callable[[str, Item], Item | None]
"""Looks an item up by table and key, without a metered request."""


@dataclass(frozen=True, slots=True)
class Request:
    operation: str
    read_units: float
    write_units: float


@dataclass(frozen=True, slots=True)
class Bill:
    requests: list[Request] = field(default_factory=list)

    @property
    def read_units(self) -> float:
        return sum(each.read_units for each in self.requests)

    @property
    def write_units(self) -> float:
        return sum(each.write_units for each in self.requests)

    @property
    def operations(self) -> list[str]:
        return [each.operation for each in self.requests]


@contextmanager
def metered(client: Any, find: Find, logical: Callable[[str], str] = str) -> Iterator[Bill]:  # noqa: ANN401 -- botocore carries no types
    """Add up what a client's requests cost, until the block ends.

    `logical` names a table as the template does.
    """
    meter = _Meter(find, logical)
    events = client.meta.events
    events.register("provide-client-params.dynamodb", meter.before)
    events.register("after-call.dynamodb", meter.after)
    try:
        yield meter.bill
    finally:
        events.unregister("provide-client-params.dynamodb", meter.before)
        events.unregister("after-call.dynamodb", meter.after)


class _Meter:
    def __init__(self, find: Find, logical: Callable[[str], str]) -> None:
        self.bill = Bill()
        self._find = find
        self._logical = logical

    def before(self, params: Item, model: Any, context: dict[str, Any], **_: object) -> None:  # noqa: ANN401 -- as above
        writes = list(self._writes(model.name, params))
        items = [self._find(table, key) for table, key in writes]
        context["metered"] = (params, writes, items)

    def after(self, model: Any, parsed: Item, context: dict[str, Any], **_: object) -> None:  # noqa: ANN401 -- as above
        params, writes, items_before = context["metered"]
        factor = TRANSACTIONAL if model.name.startswith("Transact") else 1
        written = sum(
            factor * self._written(table, before, self._find(table, key))
            for (table, key), before in zip(writes, items_before, strict=True)
        )
        units = read_units(model.name, params, self._whole(params, parsed))
        self.bill.requests.append(Request(model.name, units, written))

    def _whole(self, params: Item, parsed: Item) -> Item:
        """Give the answer to a Query with whole items, which are billed even for parts of them."""
        partition = queried_partition(params)
        if "ProjectionExpression" not in params or not partition:
            return parsed
        hash_key, range_key = key_names(self._logical(params["TableName"]))
        keys = ({hash_key: partition, range_key: item[range_key]} for item in parsed["Items"])
        return {"Items": [self._find(params["TableName"], key) for key in keys]}

    def _written(self, table: str, before: Item | None, after: Item | None) -> int:
        indexes = declared_indexes(self._logical(table))
        return _units(before, after) + sum(_indexed(each, before, after) for each in indexes)

    def _writes(self, operation: str, params: Item) -> Iterator[tuple[str, Item]]:
        match operation:
            case "PutItem" | "UpdateItem" | "DeleteItem":
                yield params["TableName"], self._key(params["TableName"], params)
            case "TransactWriteItems":
                for item in params["TransactItems"]:
                    for write in item.values():
                        yield write["TableName"], self._key(write["TableName"], write)
            case "BatchWriteItem":
                for table, items in params["RequestItems"].items():
                    for item in items:
                        for write in item.values():
                            yield table, self._key(table, write)

    def _key(self, table: str, write: Item) -> Item:
        whole = write.get("Key") or write["Item"]
        return {name: whole[name] for name in key_names(self._logical(table))}


def _units(before: Item | None, after: Item | None) -> int:
    return max(1, ceil(max(item_size(before), item_size(after)) / WRITTEN_BYTES))


def _indexed(index: Index, before: Item | None, after: Item | None) -> int:
    """Count what an index is written: nothing if it shows the same, both items if its key moves."""
    old, new = _projected(index, before), _projected(index, after)
    if old == new:
        return 0
    if old and new and any(old[name] != new[name] for name in index.keys):
        return _units(old, None) + _units(None, new)
    return _units(old, new)


def _projected(index: Index, item: Item | None) -> Item | None:
    """Give what an index has of an item; None if the item is not in it."""
    if item is None or not item.keys() >= set(index.keys):
        return None
    return {name: value for name, value in item.items() if name in index.attributes}


def read_units(operation: str, params: Item, parsed: Item) -> float:
    """Count the units of a read: a Query's items together, single items one by one."""
    match operation:
        case "Query" | "Scan":
            share = 1 if params.get("ConsistentRead") else 0.5
            # No request here has a filter, so the items returned are the items read.
            return share * _chunks([sum(map(item_size, parsed.get("Items", ())))])
        case "GetItem":
            share = 1 if params.get("ConsistentRead") else 0.5
            return share * _chunks([item_size(parsed.get("Item"))])
        case "BatchGetItem":
            return sum(
                (1 if asked.get("ConsistentRead") else 0.5)
                * _chunks(_each_size(asked["Keys"], parsed.get("Responses", {}).get(table, ())))
                for table, asked in params["RequestItems"].items()
            )
        case _:
            return 0


def _each_size(keys: list[Item], found: Iterable[Item]) -> list[int]:
    sizes = [item_size(item) for item in found]
    return sizes + [0] * (len(keys) - len(sizes))


def _chunks(sizes: Iterable[int]) -> int:
    return sum(max(1, ceil(size / READ_BYTES)) for size in sizes)
