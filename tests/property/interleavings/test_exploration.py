"""The pruned orders have the same results as those that are tried."""

from collections.abc import Callable
from typing import Any

import pytest

from testing.group import Group, Results
from testing.interleavings import explore_all
from testing.invariants import rows


def record_outcome(tell: Callable[[str], None]) -> Callable[[Results], None]:
    """Record the results and the tables after a run."""
    tables = ("MembershipsTable", "MessagesTable", "RosterTable", "ConversationsTable")

    def look(results: Results) -> None:
        stored: dict[str, Any] = {name: sorted(map(str, rows(name))) for name in tables}
        tell(f"{dict(results)} {stored}")

    return look


@pytest.mark.parametrize(
    "pair", ["typing and typing", "reading and reading", "typing and removing"]
)
def test_pruned_exploration_reaches_every_outcome(group_with_bob: Group, pair: str) -> None:
    for content in ("one", "two"):
        group_with_bob.says(group_with_bob.hers, content)()
    actions = {
        "typing and typing": {
            "one": group_with_bob.requests(group_with_bob.his, "typing"),
            "other": group_with_bob.requests(group_with_bob.hers, "typing"),
        },
        "reading and reading": {
            "one": group_with_bob.reads(group_with_bob.his, 2),
            "other": group_with_bob.reads(group_with_bob.his, 3),
        },
        "typing and removing": {
            "one": group_with_bob.requests(group_with_bob.his, "typing"),
            "other": group_with_bob.removes(group_with_bob.hers),
        },
    }[pair]
    tried: set[str] = set()
    there: set[str] = set()

    few = explore_all(group_with_bob.simulation, lambda: actions, record_outcome(tried.add))
    all_ = explore_all(
        group_with_bob.simulation, lambda: actions, record_outcome(there.add), every_one=True
    )

    assert tried == there
    assert few < all_
