"""The cost page states the computed figures."""

from pathlib import Path

import pytest

from bench.cost import cost_page
from bench.cost.frames import assumed, counted
from bench.markdown_blocks import markdown_table, replace_blocks

COST = Path(__file__).parents[3] / "docs/cost.md"


def test_cost_page_is_current() -> None:
    written = COST.read_text()

    assert replace_blocks(written, cost_page.parts(counted(), assumed())) == written


def test_rewriting_a_block_keeps_the_rest_of_the_page() -> None:
    page_ = "Before\n<!-- a b -->\nold\n<!-- /a b -->\nafter\n"

    assert replace_blocks(page_, {"a b": r"new \1"}) == page_.replace("old", r"new \1")


def test_rewriting_a_missing_block_fails() -> None:
    with pytest.raises(LookupError, match="no block other"):
        replace_blocks("<!-- a -->\n<!-- /a -->", {"other": ""})


def test_numbers_in_a_table_are_right_aligned() -> None:
    table = markdown_table(["", "$"], [["push", "1"]])

    assert table == "|  | $ |\n| --- | ---: |\n| push | 1 |"
