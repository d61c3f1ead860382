"""Settling numbers: a reader waits for what is just being stored, then seals what is missing."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import repeat
from typing import Protocol

from chat.protocol.ids import ConversationId
from chat.storage.changes import ChangesRead
from chat.storage.database import gather
from chat.storage.numbers import seal_gap

SEALINGS = 50
"""How often one request seals numbers, 20 at a time."""


class TooManyGaps(RuntimeError):
    """More numbers have neither a message nor a change than one request may seal."""


class Gapped(Protocol):
    """A page of numbers, some of which may have neither a message nor a change yet."""

    @property
    def gaps(self) -> Sequence[int]: ...


class Reading[P: Gapped](Protocol):
    """Reads the same numbers as often as it takes: first the changes, then the page."""

    @property
    def conversation_id(self) -> ConversationId: ...

    def changes(self) -> ChangesRead: ...

    def page(self, changes: ChangesRead) -> P: ...


def settled_page[P: Gapped](
    reading: Reading[P],
    changes: ChangesRead,
    pauses_seconds: Iterable[float],
    sleep: Callable[[float], None],
) -> P:
    """Read a page, first waiting for what is missing in it, then sealing its numbers.

    Raises:
        TooManyGaps: there are more than one request may seal; the next one goes on from there.
    """
    for pause_seconds in (*pauses_seconds, *repeat(None, SEALINGS)):
        page = reading.page(changes)
        if not page.gaps:
            return page
        if pause_seconds is None:
            gather(*(partial(seal_gap, reading.conversation_id, seq) for seq in page.gaps))
        else:
            sleep(pause_seconds)
        changes = reading.changes()
    raise TooManyGaps
