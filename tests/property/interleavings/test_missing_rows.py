"""A member whose connection is missing on the roster is put there again, whatever happens."""

import pytest

from chat.storage.roster_changes import delete_entries
from tests.world.room import Action, Room, crossing


@pytest.fixture
def forgotten(bobs: Room) -> Room:
    delete_entries([bobs.conversation], [bobs.his.connection_id])
    return bobs


@pytest.mark.parametrize("other", ["remove", "renew", "sign_out", "disconnect"])
def test_being_put_on_the_roster_again_crosses(forgotten: Room, other: str) -> None:
    room = forgotten
    does: dict[str, Action] = {
        "remove": room.removes(room.hers),
        "renew": room.authenticates(room.his),
        "sign_out": room.asks(room.his, "sign_out"),
        "disconnect": lambda: room.world.invoke("$disconnect", room.his.connection_id),
    }
    if other == "disconnect":
        room.world.sockets.open.discard(room.his.connection_id)

    performances = crossing(room, room.his, send=room.says(room.his, "x"), other=does[other])

    assert performances > 2
