"""Pages of which a command writes a part: each part stands between two marks with its name."""

import re
from collections.abc import Mapping


def rewritten(page: str, parts: Mapping[str, str]) -> str:
    """Give the page with these parts anew.

    Raises:
        LookupError: the page has no such part.
    """
    for name, text in parts.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not pattern.search(page):
            raise LookupError(f"the page has no part {name}")
        page = pattern.sub(lambda found, text=text: f"{found[1]}{text}\n{found[2]}", page)  # type: ignore[misc]  # bound now
    return page


def markdown(header: list[str], rows: list[list[str]]) -> str:
    """Write a table; what follows the first column stands to the right."""
    lines = [header, ["---", *(["---:"] * (len(header) - 1))], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
