"""Replaces the generated blocks of a Markdown file, each between two comments with its name."""

import re
from collections.abc import Mapping


def replace_blocks(page: str, parts: Mapping[str, str]) -> str:
    """Return the page with new text in these blocks.

    Raises:
        LookupError: the page has no such block.
    """
    for name, text in parts.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not pattern.search(page):
            raise LookupError(f"the page has no block {name}")
        page = pattern.sub(lambda found, text=text: f"{found[1]}{text}\n{found[2]}", page)  # type: ignore[misc]  # bound now
    return page


def markdown_table(header: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table. All columns but the first are aligned right."""
    lines = [header, ["---", *(["---:"] * (len(header) - 1))], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
