"""Reading down a conversation for the messages that contain a text.

There is no index. A page is bounded by what it reads, so it costs no more where nothing is found
(`docs/decisions/0034-search-without-an-index.md`).
"""

from collections.abc import Iterator, Sequence
from functools import partial

from msgspec import Struct

from chat.protocol.ids import ConversationId
from chat.protocol.limits import MAX_FRAME_BYTES
from chat.protocol.text import folded
from chat.storage.database import gather
from chat.storage.message_texts import TextsRead, texts_between

MAX_HITS = 50
"""How many messages a page has at most."""

RANGES = 6
"""How many ranges of numbers are read at once, after the newest megabyte.

Each is a megabyte at most. With the messages that are shown, a page reads less than eight.
"""

type Text = tuple[int, str]


class Scan(Struct, frozen=True):
    """What was found on the way down.

    Attributes:
        hits: the numbers of the messages, newest first, no more than a page may have.
        lowest: nothing else was found from this number on.
        newest_version: the number of the last edit or deletion that was seen.
    """

    hits: list[int]
    lowest: int
    newest_version: int


def scan_messages(conversation_id: ConversationId, text: str, before: int) -> Scan:
    """Find messages below a number that contain a folded text.

    A common text is found in the newest megabyte, and then nothing else is read.
    """
    newest = texts_between(conversation_id, 1, before, is_consistent=True)
    hits, reads = _matching(newest, text), [newest]
    if newest.lowest > 1 and len(hits) < MAX_HITS:
        for read in _read_on(conversation_id, newest.lowest, before - newest.lowest):
            hits += _matching(read, text)
            reads.append(read)
    shown = _most_of_a_page(hits)
    return Scan(
        [seq for seq, _ in shown],
        reads[-1].lowest if len(shown) == len(hits) else shown[-1][0],
        max(each.newest_version for each in reads),
    )


def _read_on(conversation_id: ConversationId, before: int, a_megabyte: int) -> Iterator[TextsRead]:
    """Read on in parallel, given how many numbers the last megabyte had; without gaps."""
    ranges = _ranges(before, a_megabyte)
    # These may be a moment old, for half the price. What they find is read again.
    reads = gather(
        *(
            partial(texts_between, conversation_id, first, before, is_consistent=False)
            for first, before in ranges
        )
    )
    for (first, _), read in zip(ranges, reads, strict=True):
        yield read
        if read.lowest > first:
            return


def _ranges(before: int, a_megabyte: int) -> list[tuple[int, int]]:
    """Divide the numbers below one, so that a range is hardly ever more than a megabyte.

    The last range may be: it is read as far as one request reads.
    """
    size = max(1, a_megabyte * 3 // 4)
    *upper, last = range(before, 1, -size)[:RANGES]
    return [*((each - size, each) for each in upper), (1, last)]


def _matching(read: TextsRead, text: str) -> list[Text]:
    return [(seq, content) for seq, content in read.texts if text in folded(content)]


def _most_of_a_page(hits: Sequence[Text]) -> Sequence[Text]:
    """Leave out what would not fit a frame, which would be read for nothing."""
    free_bytes = MAX_FRAME_BYTES
    for place, (_, content) in enumerate(hits[:MAX_HITS]):
        free_bytes -= len(content)
        if free_bytes < 0:
            return hits[:place]
    return hits[:MAX_HITS]
