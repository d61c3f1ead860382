"""A connection that is missing on the roster is restored while something else happens."""

import pytest

from chat.storage.roster_changes import delete_entries
from testing.group import Action, Group, run_interleaved


@pytest.fixture
def group_without_bobs_row(group_with_bob: Group) -> Group:
    delete_entries([group_with_bob.conversation], [group_with_bob.his.connection_id])
    return group_with_bob


@pytest.mark.parametrize("other", ["remove", "renew", "sign_out", "disconnect"])
def test_repairing_a_roster_row_is_consistent_with_a_concurrent_change(
    group_without_bobs_row: Group, other: str
) -> None:
    group = group_without_bobs_row
    does: dict[str, Action] = {
        "remove": group.removes(group.hers),
        "renew": group.authenticates(group.his),
        "sign_out": group.requests(group.his, "sign_out"),
        "disconnect": lambda: group.simulation.invoke("$disconnect", group.his.connection_id),
    }
    if other == "disconnect":
        group.simulation.sockets.open.discard(group.his.connection_id)

    runs = run_interleaved(group, group.his, send=group.says(group.his, "x"), other=does[other])

    assert runs > 2
