"""Creating a conversation while something else happens."""

from testing.group import Action, Group, Results, run_interleaved
from testing.people import Client


def create_conversation(group: Group, client: Client, kind: str, username: str) -> Action:
    data = {"kind": kind, "members": [username]}
    return group.sends(client, {"type": "create_conversation", "data": data})


def test_direct_conversation_created_from_both_sides_is_one(group: Group) -> None:
    def check(results: Results) -> None:
        assert len({reply["data"]["conversation_id"] for reply in results.values()}) == 1

    runs = run_interleaved(
        group,
        group.his,
        at_most=50,
        check=check,
        hers=create_conversation(group, group.hers, "direct", "bob"),
        his=create_conversation(group, group.his, "direct", "alice"),
    )

    assert runs > 10


def test_connection_authenticating_during_creation_receives_messages(group: Group) -> None:
    fresh = group.unauthenticated_client(group.his)

    runs = run_interleaved(
        group,
        at_most=50,
        authenticate=group.authenticates(fresh),
        create=create_conversation(group, group.hers, "group", "bob"),
    )

    assert runs > 10
