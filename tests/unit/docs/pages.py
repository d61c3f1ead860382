"""The Markdown pages of the repository."""

import re
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
DOCS = REPOSITORY / "docs"
_NOT_OURS = {"node_modules", ".venv", ".tools", ".local", ".aws-sam"}


def pages() -> list[Path]:
    """List every Markdown page that we write."""
    found = sorted(REPOSITORY.rglob("*.md"))
    return [path for path in found if not _NOT_OURS.intersection(path.parts)]


def name_of(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def anchors(page: Path) -> set[str]:
    """Name a page's headings as GitHub does in addresses."""
    return {_anchor(heading) for heading in headings(page)}


def headings(page: Path) -> list[str]:
    without_code = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^#+ (.+)$", without_code, flags=re.MULTILINE)


def code_in(page: Path) -> str:
    """Give all code of a page, in blocks and within sentences, line by line."""
    text = page.read_text()
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`[^`\n]+`", text)])


def code_blocks(page: Path, language: str) -> list[str]:
    """Give the code of a page that is in one language."""
    found = re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    return [str(each) for each in found]


def table(page: Path, first_heading: str) -> Iterator[list[str]]:
    """Give the cells of each row of the table whose first column has this heading."""
    _, found, rest = page.read_text().partition(f"\n| {first_heading} |")
    assert found, f"{name_of(page)} has no table of {first_heading}"
    for line in rest.splitlines()[2:]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def _anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")
