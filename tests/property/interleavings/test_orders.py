"""What the other tests here rest on: that the orders left out end like some that are tried."""

from collections.abc import Callable
from typing import Any

import pytest

from testing.group import Group, Results
from testing.interleavings import explore_all
from testing.invariants import rows


def ends(tell: Callable[[str], None]) -> Callable[[Results], None]:
    """Write down how things stand after a performance."""
    tables = ("MembershipsTable", "MessagesTable", "RosterTable", "ConversationsTable")

    def look(results: Results) -> None:
        stored: dict[str, Any] = {name: sorted(map(str, rows(name))) for name in tables}
        tell(f"{dict(results)} {stored}")

    return look


@pytest.mark.parametrize(
    "pair", ["typing and typing", "reading and reading", "typing and removing"]
)
def test_the_orders_that_are_tried_end_in_every_way_that_there_is(
    group_with_bob: Group, pair: str
) -> None:
    for content in ("one", "two"):
        group_with_bob.says(group_with_bob.hers, content)()
    actions = {
        "typing and typing": {
            "one": group_with_bob.asks(group_with_bob.his, "typing"),
            "other": group_with_bob.asks(group_with_bob.hers, "typing"),
        },
        "reading and reading": {
            "one": group_with_bob.reads(group_with_bob.his, 1),
            "other": group_with_bob.reads(group_with_bob.his, 2),
        },
        "typing and removing": {
            "one": group_with_bob.asks(group_with_bob.his, "typing"),
            "other": group_with_bob.removes(group_with_bob.hers),
        },
    }[pair]
    tried: set[str] = set()
    there: set[str] = set()

    few = explore_all(group_with_bob.simulation, lambda: actions, ends(tried.add))
    all_ = explore_all(group_with_bob.simulation, lambda: actions, ends(there.add), every_one=True)

    assert tried == there
    assert few < all_
