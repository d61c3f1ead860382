"""The block of docs/performance.md on cold starts."""

from collections.abc import Iterable

from bench.cold_starts.comparison import WAYS, Comparison
from bench.markdown_blocks import markdown_table


def table(found: Iterable[Comparison]) -> str:
    header = ["people", "idle life", "functions", "messages", "all that is waited for", "s a day"]
    return markdown_table(header, [row for each in found for row in rows(each)])


def rows(found: Comparison) -> list[list[str]]:
    return [
        [
            str(found.people),
            f"{found.idle_minutes:.0f} min",
            way,
            f"{found.met[way]['chat_message'].share:.1%}",
            f"{found.waited(way).share:.1%}",
            f"{found.seconds_lost(way):.2f}",
        ]
        for way in WAYS
    ]
