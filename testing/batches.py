"""A room whose frames are batched, and what the queue of its wakes delivers."""

from typing import Any, NamedTuple

from chat.protocol.ids import ConversationId
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame

BIG_ROOM = {"batch_room_connections": 1, "inline_push_limit": 1}
"""Limits by which a room of two connections is big."""


class Room(NamedTuple):
    """A big room: alice and bob accept batches, carol does not."""

    hers: Client
    his: Client
    carols: Client
    conversation: ConversationId


def create_big_room(simulation: Simulation, alice: Person, bob: Person, carol: Person) -> Room:
    hers, his, carols = alice.logs_in("batch"), bob.logs_in("batch"), carol.logs_in()
    conversation = ConversationId(hers.creates(bob, carol))
    for each in (his, carols):
        each.discards_received()
    simulation.services = simulation.with_limits(**BIG_ROOM)
    return Room(hers, his, carols, conversation)


def deliver_wakes(simulation: Simulation) -> None:
    """Deliver the wakes that are queued now, and all shards."""
    for body in simulation.queues.take_wakes():
        deliver(simulation, body)
    deliver_shards(simulation)


def deliver_shards(simulation: Simulation) -> None:
    """Deliver all shards, also those that are queued again meanwhile."""
    while bodies := simulation.queues.take_shards():
        for body in bodies:
            deliver(simulation, body)


def deliver_all(simulation: Simulation) -> None:
    """Deliver wakes and shards until none is left."""
    while simulation.queues.wakes or simulation.queues.shards:
        deliver_wakes(simulation)


def deliver(simulation: Simulation, body: str) -> None:
    """Deliver one message of the queue, which must not fail."""
    assert simulation.consume("fanout", body) == {"batchItemFailures": []}


def unpacked(client: Client) -> list[Frame]:
    """List the frames that a client received, those of batches one by one."""
    return [each for frame in client.received for each in frames_of(frame)]


def frames_of(frame: Frame) -> list[Frame]:
    inner: list[Frame] = frame["data"]["frames"] if frame["type"] == "batch" else [frame]
    return inner


def numbers(client: Client) -> list[int]:
    """List the numbers of the frames that a client received."""
    return [frame["data"]["seq"] for frame in unpacked(client)]


def contents_of(client: Client) -> list[Any]:
    """List what the received messages say."""
    frames = unpacked(client)
    return [each["data"]["content"] for each in frames if each["type"] == "chat_message"]
