"""Pages of a list: as many items as fit one frame, and a cursor to go on with."""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from chat.protocol.encoding import encode
from chat.protocol.limits import MAX_FRAME_BYTES

RESERVED_BYTES = 4_096
"""What stands around the items: the envelope, a conversation's id, the cursor."""


def fitting[T: Struct](items: Iterable[T], beside: Sequence[str] = ()) -> list[T]:
    """Take items until a frame holds no more `beside` other texts, at least one of them."""
    taken: list[T] = []
    free_bytes = MAX_FRAME_BYTES - RESERVED_BYTES - len(encode(beside))
    for item in items:
        free_bytes -= len(encode(item)) + 1
        if free_bytes < 0 and taken:
            break
        taken.append(item)
    return taken


def next_cursor[T](
    page: Sequence[T], shown: int, limit: int, seal: Callable[[T], str]
) -> str | None:
    """Make the cursor after the last shown item, where the list may go on."""
    is_end = shown == len(page) and len(page) < limit
    return None if is_end or not shown else seal(page[shown - 1])
