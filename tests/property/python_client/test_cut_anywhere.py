"""A connection may end at any frame, in either direction."""

from random import Random

import pytest

from testing.people import Client
from testing.people import Person as User
from testing.simulation import Simulation
from testing.snapshots import Snapshot
from tests.property.python_client.conversation import check_shown, stored_messages
from tests.property.python_client.network import Network, Person


@pytest.mark.parametrize("is_noticed", [True, False], ids=["noticed at once", "by a deadline"])
def test_connection_that_ends_at_any_frame_loses_and_repeats_nothing(
    simulation: Simulation, *, is_noticed: bool
) -> None:
    alice, bob = User(simulation, "alice"), User(simulation, "bob")
    reader = alice.logs_in()
    conversation = reader.creates(bob)
    start = Snapshot(simulation)

    at, frames = 0, 1
    while at < frames:
        at += 1
        start.restore()
        network = Network(simulation, Random(1))  # noqa: S311 -- the same again
        network.cut_at, network.is_cut_noticed = at, is_noticed
        talks(network, conversation, reader)
        frames = network.frames
    assert at > 30, "it was cut at many frames"


def talks(network: Network, conversation: str, reader: Client) -> None:
    """Have two people send, edit, react and delete, each once."""
    alice, bob = Person("alice", network), Person("bob", network)
    alice.follows(conversation, 0, 200)
    bob.follows(conversation, 0, 2)
    for content in ("one", "two", "three"):
        alice.says(content, conversation)
    network.passes(75.0)
    first, second, third = (f"{conversation}:{seq}" for seq in numbers(alice))
    waiting = [
        alice.requests({"type": "edit_message", "messageId": first, "data": {"content": "new"}}),
        alice.requests({"type": "delete_message", "messageId": second}),
        bob.requests({"type": "react", "messageId": third, "data": REACTION}),
    ]
    network.passes(75.0)

    stored = stored_messages(reader, conversation)
    assert [each.content for each in stored.values()] == ["new", "", "three"]
    assert [each.code for each in (*alice.sent.values(), *waiting)] == [None] * 6
    for person in (alice, bob):
        check_shown(person.following[0].taken, stored, after=0)


REACTION = {"reaction": "👍", "is_on": True}


def numbers(person: Person) -> list[int]:
    return [each.seq or 0 for each in person.following[0].taken]
