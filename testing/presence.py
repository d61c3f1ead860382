"""Watching who is online: the words that tests are written in."""

from chat.protocol.ids import UserId
from testing.group import Group
from testing.people import Client
from testing.sockets import Frame

ALICE, BOB, CAROL = UserId("user-alice"), UserId("user-bob"), UserId("user-carol")


def watches(group: Group, client: Client, *user_ids: str) -> Frame:
    """Have a client watch members of the group; return the reply."""
    reply: Frame = group.requests(client, "watch_presence", user_ids=[*user_ids])()
    assert reply["type"] == "presence", reply
    return reply


def deliver_looks(group: Group) -> None:
    """Deliver the looks that are queued, each after its delay, until none is left."""
    queues = group.simulation.queues
    while queues.looks:
        user_id, delay_seconds = queues.looks.pop(0)
        group.simulation.advance_time(delay_seconds)
        look_at(group, user_id)


def look_at(group: Group, user_id: str) -> None:
    """Look at a user now."""
    answer = group.simulation.consume("presence", f'{{"user_id":"{user_id}"}}')
    assert answer == {"batchItemFailures": []}


def looked_at(group: Group, *user_ids: str) -> None:
    """Deliver the looks, of which there is one at each of these users at least."""
    assert {each for each, _ in group.simulation.queues.looks} >= set(user_ids)
    deliver_looks(group)


def knows(client: Client, user_id: str, *replies: Frame) -> bool | None:
    """Tell what a client holds of a user, by its pushes and these replies; None if nothing."""
    frames = [each for each in (*replies, *client.received) if each["type"] == "presence"]
    users = [user for each in frames for user in each["data"].get("users", [])]
    versions = {user["version"]: user["is_online"] for user in users if user["user_id"] == user_id}
    return versions[max(versions)] if versions else None
