"""The table of errors in docs/protocol.md: what each code means, and which frames carry it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROTOCOL_PAGE = Path(__file__).parents[1] / "protocol.md"


@dataclass(frozen=True, slots=True)
class Row:
    code: str
    frames: list[str]
    when: str
    data: str


def error_rows(page: str | None = None) -> list[Row]:
    """Read the table whose first column is headed `code`."""
    lines = iter((page or PROTOCOL_PAGE.read_text()).splitlines())
    for line in lines:
        if line.startswith("| code |"):
            next(lines)
            return list(_rows(lines))
    raise LookupError("docs/protocol.md has no table of codes.")


def _rows(lines: Iterator[str]) -> Iterator[Row]:
    for line in lines:
        if not line.startswith("|"):
            return
        code, frames, when, data = (cell.strip() for cell in line.strip("|").split("|"))
        yield Row(code.strip("`"), re.findall(r"`(\w+)`", frames), when, data)
