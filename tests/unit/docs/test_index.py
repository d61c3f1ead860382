"""The index of the pages is complete."""

from pathlib import Path

import pytest

from tests.unit.docs.pages import DOCS, REPOSITORY, name_of


@pytest.mark.parametrize("index", [REPOSITORY / "README.md", DOCS / "README.md"], ids=name_of)
def test_index_names_every_page(index: Path) -> None:
    pages = set(DOCS.glob("*.md")) - {DOCS / "README.md"}

    text = index.read_text()

    assert {
        page.name for page in pages if f"({page.relative_to(index.parent)})" not in text
    } == set()
