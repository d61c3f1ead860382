"""Whoever looks for a page finds it."""

from tests.unit.docs.pages import DOCS

INDEX = (DOCS / "README.md").read_text()


def test_the_index_names_every_page() -> None:
    pages = {page.name for page in DOCS.glob("*.md")} - {"README.md"}

    assert {page for page in pages if f"({page})" not in INDEX} == set()
