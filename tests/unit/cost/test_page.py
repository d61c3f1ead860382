"""The pages say what the figures say."""

from pathlib import Path

import pytest

from bench.cost import page
from bench.cost.frames import assumed, counted
from bench.written import markdown, rewritten

COST = Path(__file__).parents[3] / "docs/cost.md"


def test_the_price_list_is_what_prices_and_counts_come_to() -> None:
    written = COST.read_text()

    assert rewritten(written, page.parts(counted(), assumed())) == written


def test_a_part_of_a_page_is_written_anew_and_the_rest_stays() -> None:
    page_ = "Before\n<!-- a b -->\nold\n<!-- /a b -->\nafter\n"

    assert rewritten(page_, {"a b": r"new \1"}) == page_.replace("old", r"new \1")


def test_a_part_that_a_page_does_not_have_is_missed() -> None:
    with pytest.raises(LookupError, match="no part other"):
        rewritten("<!-- a -->\n<!-- /a -->", {"other": ""})


def test_a_table_has_its_numbers_to_the_right() -> None:
    table = markdown(["", "$"], [["push", "1"]])

    assert table == "|  | $ |\n| --- | ---: |\n| push | 1 |"
