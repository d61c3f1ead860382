"""What the other tests here rest on: that the orders left out end like some that are tried."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.world.orders import in_every_order
from tests.world.room import Results, Room
from tests.world.truth import rows


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
def test_the_orders_that_are_tried_end_in_every_way_that_there_is(bobs: Room, pair: str) -> None:
    for content in ("one", "two"):
        bobs.says(bobs.hers, content)()
    actions = {
        "typing and typing": {
            "one": bobs.asks(bobs.his, "typing"),
            "other": bobs.asks(bobs.hers, "typing"),
        },
        "reading and reading": {"one": bobs.reads(bobs.his, 1), "other": bobs.reads(bobs.his, 2)},
        "typing and removing": {
            "one": bobs.asks(bobs.his, "typing"),
            "other": bobs.removes(bobs.hers),
        },
    }[pair]
    tried: set[str] = set()
    there: set[str] = set()

    few = in_every_order(bobs.world, lambda: actions, ends(tried.add))
    all_ = in_every_order(bobs.world, lambda: actions, ends(there.add), every_one=True)

    assert tried == there
    assert few < all_
