"""Beginning a conversation while something else happens."""

from testing.group import Action, Group, Results, run_interleaved
from testing.people import Client


def begins(room: Group, client: Client, kind: str, username: str) -> Action:
    data = {"kind": kind, "members": [username]}
    return room.sends(client, {"type": "create_conversation", "data": data})


def test_a_direct_conversation_begun_from_both_sides_is_one(room: Group) -> None:
    def check(results: Results) -> None:
        assert len({reply["data"]["conversation_id"] for reply in results.values()}) == 1

    performances = run_interleaved(
        room,
        room.his,
        at_most=50,
        check=check,
        hers=begins(room, room.hers, "direct", "bob"),
        his=begins(room, room.his, "direct", "alice"),
    )

    assert performances > 10


def test_who_authenticates_while_a_conversation_begins_is_told(room: Group) -> None:
    fresh = room.arriving(room.his)

    performances = run_interleaved(
        room,
        at_most=50,
        authenticate=room.authenticates(fresh),
        create=begins(room, room.hers, "group", "bob"),
    )

    assert performances > 10
