"""What a room costs whose new messages are pushed once a second, and how long one waits there."""

from collections.abc import Sequence

import msgspec

from bench.batches import LIVE_CONNECTIONS, Talk
from bench.cost.frames import (
    GB,
    QUEUE_REQUESTS_A_MESSAGE,
    Assumed,
    duration_ms,
    invocation,
)
from bench.cost.prices import FOLDER, bill
from bench.cost.usage import Usage
from bench.markdown_blocks import markdown_table
from chat.storage.roster import FIRST_ROWS

MILLION = 1e6
COUNTED = FOLDER / "batches.json"
QUEUE_MS = 50
"""What a message of a queue takes to its function. AWS promises no time: an assumption."""
LISTED = 0.06
"""What a wake takes to list a connection, of what a shard takes for it: 0.8 µs of CPU, measured."""
PUBLISH_MS = 30
"""For the requests that hand twenty shards to the queue."""


def write(talks: Sequence[Talk]) -> None:
    text = msgspec.json.format(msgspec.json.encode(talks), indent=1)
    COUNTED.write_bytes(text + b"\n")


def counted_talks() -> list[Talk]:
    """Read what `make cost` counted."""
    return msgspec.json.decode(COUNTED.read_bytes(), type=list[Talk])


def usage_of(talk: Talk, assuming: Assumed) -> Usage:
    """Give what the messages of a talk take: those who send them, the wakes and the pushes."""
    senders = invocation(talk.senders.requests / talk.senders.runs, 0, FIRST_ROWS, assuming)
    wakes = invocation(
        talk.wakes.requests / talk.wakes.runs, 0, LIVE_CONNECTIONS * LISTED, assuming
    )
    each = talk.posts / talk.shards.runs
    shards = invocation(talk.shards.requests / talk.shards.runs, each, each, assuming)
    replied = talk.messages * assuming.bytes.a_frame
    runs = senders * talk.messages + wakes * talk.wakes.runs + shards * talk.shards.runs
    return runs + Usage(
        messages=2 * talk.messages + talk.posts,
        read_units=talk.read_units,
        write_units=sum(a.write_units for a in (talk.senders, talk.wakes, talk.shards)),
        queue_requests=QUEUE_REQUESTS_A_MESSAGE * (talk.wakes.runs + talk.shards.runs),
        sent_gb=(talk.posted_bytes + replied) / GB,
        logged_gb=talk.messages * assuming.bytes.an_access_log_entry / GB,
    )


def longest_wait_ms(talk: Talk, assuming: Assumed) -> float:
    """Estimate from storing a message to the last push of it: its wake's delay, and what runs."""
    function = assuming.function
    each = talk.posts / talk.shards.runs
    wake = duration_ms(
        talk.wakes.requests / talk.wakes.runs, 0, LIVE_CONNECTIONS * LISTED, function
    )
    shard = duration_ms(talk.shards.requests / talk.shards.runs, each, each, function)
    return talk.longest_wait_ms + 2 * QUEUE_MS + wake + PUBLISH_MS + shard


def table(talks: Sequence[Talk], assuming: Assumed) -> str:
    """Price a million messages by how many there are in a second."""
    rows = []
    for talk in talks:
        million = bill(usage_of(talk, assuming) * (MILLION / talk.messages))
        rows.append(
            [
                f"{talk.messages_a_second}",
                f"{talk.posts / talk.seconds:,.0f}",
                f"{talk.posts / talk.messages:,.0f}",
                f"{talk.read_units / talk.seconds:,.0f}",
                _dollars(million["messages"]),
                _dollars(million["sent_gb"]),
                f"**{_dollars(sum(million.values()))}**",
            ]
        )
    head = ["messages a second", "posts a second", "posts a message", "read units a second"]
    return markdown_table([*head, "API Gateway, $ a million messages", "data out", "**all**"], rows)


def _dollars(usd: float) -> str:
    return f"{usd:,.0f}" if usd >= 100 else f"{usd:,.2f}"  # noqa: PLR2004 -- cents matter below
