"""Moto's DynamoDB without its HTTP: the same handlers and tables, in a fraction of the time.

Between botocore and a handler, moto looks for the service of the address, parses the request by its
shapes, and shapes the answer. Here a request for rows goes to its handler at once. One that the
handler refuses has changed nothing: it then goes moto's whole way, which words the refusal.

Before a transaction, moto copies every row of its tables; here only those that it may write.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from copy import deepcopy
from functools import cache
from http import HTTPStatus
from typing import Any
from unittest.mock import patch

import msgspec
from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

type Answer = tuple[int, dict[str, Any], bytes]

_HANDLERS = {
    b"BatchGetItem": DynamoHandler.batch_get_item,
    b"BatchWriteItem": DynamoHandler.batch_write_item,
    b"DeleteItem": DynamoHandler.delete_item,
    b"GetItem": DynamoHandler.get_item,
    b"PutItem": DynamoHandler.put_item,
    b"Query": DynamoHandler.query,
    b"Scan": DynamoHandler.scan,
    b"TransactWriteItems": DynamoHandler.transact_write_items,
    b"UpdateItem": DynamoHandler.update_item,
}


@cache
def answer_directly(region: str) -> None:
    """Answer this process's requests for rows of a region directly, while moto is active."""
    whole_way = botocore_stubber.process_request
    address = f"https://dynamodb.{region}.amazonaws.com/"

    def process_request(request: Any) -> Any:  # noqa: ANN401 -- botocore carries no types
        handle = _HANDLERS.get(_operation(request)) if request.url == address else None
        return (handle and _answer(handle, request.body, region)) or whole_way(request)

    botocore_stubber.process_request = process_request  # type: ignore[method-assign]  # moto's own seam


def _operation(request: Any) -> bytes:  # noqa: ANN401 -- as above
    target: bytes | str = request.headers.get("X-Amz-Target", b"")
    named = target if isinstance(target, bytes) else target.encode()
    return named.removeprefix(b"DynamoDB_20120810.")


def _answer(handle: Any, body: bytes, region: str) -> Answer | None:  # noqa: ANN401 -- moto's are decorated
    handler = DynamoHandler()
    handler.body, handler.region = msgspec.json.decode(body), region
    handler.current_account = DEFAULT_ACCOUNT_ID
    try:
        with _restoring_rows(handler) if "TransactItems" in handler.body else nullcontext():
            result = handle(handler).result
    except Exception:  # noqa: BLE001 -- any refusal, which moto words
        return None
    return HTTPStatus.OK, {}, msgspec.json.encode(result)


@contextmanager
def _restoring_rows(handler: DynamoHandler) -> Iterator[None]:
    """Restore the rows of a transaction that fails, in place of whole tables."""
    writes = [write for part in handler.body["TransactItems"] for write in part.values()]
    before = [(rows, key, deepcopy(rows.get(key))) for rows, key in _rows(handler, writes)]
    try:
        with patch.object(Table, "__deepcopy__", lambda table, _: table, create=True):
            yield
    except Exception:
        for rows, key, row in before:
            if row is None:
                rows.pop(key, None)
            else:
                rows[key] = row
        raise


def _rows(handler: DynamoHandler, writes: list[Any]) -> Iterator[tuple[dict[Any, Any], Any]]:
    """Give for each write the rows among which its own is, and its key there."""
    backend = handler.dynamodb_backend
    for write in writes:
        table = backend.get_table(write["TableName"])
        partition, row = backend.get_keys_value(table, write.get("Key") or write["Item"])
        yield (table.items, partition) if row is None else (table.items[partition], row)
