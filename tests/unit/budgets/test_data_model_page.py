"""docs/data-model.md states the measured costs."""

from pathlib import Path

import pytest

from tests.unit.budgets.access_patterns import measure_patterns
from tests.unit.budgets.conftest import Measures

PAGE = (Path(__file__).parents[3] / "docs" / "data-model.md").read_text()


def rows(heading: str) -> list[tuple[str, ...]]:
    """Read the first table below a heading, without the table's header."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


def test_page_states_the_cost_of_each_frame(alone: Measures) -> None:
    measured = [(name, *(f"{each:g}" for each in m.cost)) for name, m in alone.items()]

    assert rows("What a frame costs") == measured


@pytest.mark.usefixtures("aws")
def test_page_states_the_cost_of_each_access_pattern() -> None:
    costs = measure_patterns().items()

    measured = [(name, f"{each.read_units:g}", f"{each.write_units:g}") for name, each in costs]

    assert rows("Access patterns") == measured
