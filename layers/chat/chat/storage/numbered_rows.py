"""Reading the rows of a conversation that have numbers, request by request."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model

from chat.protocol.ids import ConversationId
from chat.storage.database import table


class RowsRead[M: Model](Struct, frozen=True):
    """What one request read, and whether nothing is left."""

    rows: list[M]
    is_last: bool


def read_rows[M: Model](
    model: type[M],
    conversation_id: ConversationId,
    condition: Condition,
    sizes: Iterable[int | None],
    *,
    going_down: bool = False,
) -> Iterator[RowsRead[M]]:
    """Read on, request by request: so many rows each, or a megabyte if no number is given."""
    start: dict[str, Any] | None = None
    for size in sizes:
        page = table(model).query(
            conversation_id,
            condition,
            consistent_read=True,
            exclusive_start_key=start,
            limit=size,
            scan_index_forward=not going_down,
        )
        start = page.get("LastEvaluatedKey")
        yield RowsRead([model.from_raw_data(item) for item in page["Items"]], is_last=not start)
        if not start:
            return
