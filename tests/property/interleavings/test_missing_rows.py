"""A member whose connection is missing on the roster is put there again, whatever happens."""

import pytest

from chat.storage.roster_changes import delete_entries
from testing.group import Action, Group, run_interleaved


@pytest.fixture
def forgotten(group_with_bob: Group) -> Group:
    delete_entries([group_with_bob.conversation], [group_with_bob.his.connection_id])
    return group_with_bob


@pytest.mark.parametrize("other", ["remove", "renew", "sign_out", "disconnect"])
def test_being_put_on_the_roster_again_crosses(forgotten: Group, other: str) -> None:
    room = forgotten
    does: dict[str, Action] = {
        "remove": room.removes(room.hers),
        "renew": room.authenticates(room.his),
        "sign_out": room.asks(room.his, "sign_out"),
        "disconnect": lambda: room.simulation.invoke("$disconnect", room.his.connection_id),
    }
    if other == "disconnect":
        room.simulation.sockets.open.discard(room.his.connection_id)

    performances = run_interleaved(room, room.his, send=room.says(room.his, "x"), other=does[other])

    assert performances > 2
