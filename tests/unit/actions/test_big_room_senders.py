"""What is sent to a big room, whose roster its senders do not read."""

from typing import Any

import pytest

from testing.backend import Backend
from testing.batches import Room, contents_of, deliver_all, unpacked
from testing.capacity_meter import metered
from testing.injection import inject_before
from testing.simulation import Simulation
from testing.stored import fill_conversation, find_stored

PARTITION_READ_UNITS = 3_000
"""What one partition key gives a second.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
"""

HUNDREDS = 600
"""More than a sender reads of a big room's roster."""

LATER = "2036-11-22T18:19:14.123Z"


def fill(simulation: Simulation, room: Room, connections: int) -> Room:
    """Bring a big room to so many live connections, and wake it."""
    fill_conversation(simulation, room.conversation, connections)
    simulation.services = simulation.with_limits(batch_room_connections=500)
    room.hers.says("first", to=room.conversation)
    deliver_all(simulation)
    simulation.sockets.received.clear()
    return room


@pytest.fixture
def hundreds(simulation: Simulation, big_room: Room) -> Room:
    """Give a room that was woken a moment ago."""
    return fill(simulation, big_room, HUNDREDS)


def test_fifty_senders_a_second_read_half_of_what_a_partition_gives(
    simulation: Simulation, big_room: Room
) -> None:
    thousands = fill(simulation, big_room, 2_500)

    with metered(simulation.dynamodb, find_stored) as bill:
        thousands.hers.says("Hello", to=thousands.conversation)

    assert 50 * bill.read_units < PARTITION_READ_UNITS / 2


def test_each_connection_that_accepts_batches_gets_one_post(
    simulation: Simulation, hundreds: Room
) -> None:
    hers, his, _, conversation = hundreds
    for each in (hers, his, hers, his):
        each.says("Hello", to=conversation)

    deliver_all(simulation)

    posts = {each: len(frames) for each, frames in simulation.sockets.received.items() if frames}
    assert posts.pop(hers.connection_id) == posts.pop(his.connection_id) == 1
    assert len(posts) == HUNDREDS - 1
    assert set(posts.values()) == {4}


def test_muted_member_of_a_big_room_sends_nothing(hundreds: Room) -> None:
    hers, his, _, conversation = hundreds
    muted = {"username": "bob", "until": LATER}
    hers.sends("mute_member", conversationId=conversation, data=muted)

    his.is_rejected("muted", "chat_message", conversationId=conversation, data={"content": "x"})


def test_slow_mode_holds_in_a_big_room(hundreds: Room) -> None:
    hers, his, _, conversation = hundreds
    hers.sends("set_slow_mode", conversationId=conversation, data={"slow_seconds": 60})
    his.says("first", to=conversation)

    frame: dict[str, Any] = {"conversationId": conversation, "data": {"content": "second"}}
    his.is_rejected("rate_limited", "chat_message", **frame)


def test_removed_member_of_a_big_room_sends_nothing(hundreds: Room) -> None:
    hers, his, _, conversation = hundreds
    hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})

    frame: dict[str, Any] = {"conversationId": conversation, "data": {"content": "x"}}
    his.is_rejected("not_a_member", "chat_message", **frame)


def test_backend_sends_to_a_big_room(simulation: Simulation, hundreds: Room) -> None:
    Backend(simulation).sends(
        "alice", "chat_message", conversationId=hundreds.conversation, data={"content": "news"}
    )

    deliver_all(simulation)

    assert contents_of(hundreds.his) == ["news"]


def test_reaction_in_a_big_room_is_in_the_batch(simulation: Simulation, hundreds: Room) -> None:
    hers, his, carols, conversation = hundreds
    reaction: dict[str, Any] = {"reaction": "👍", "is_on": True}
    reply = carols.sends("react", messageId=f"{conversation}:1", data=reaction)

    deliver_all(simulation)

    assert reply["data"]["reactions"]["total"] == 1
    assert [each["data"]["change"] for each in unpacked(his)] == ["reacted"]
    assert hers.received == his.received


def test_member_who_was_removed_meanwhile_sees_no_reactions_of_a_big_room(
    simulation: Simulation, hundreds: Room
) -> None:
    hers, his, _, conversation = hundreds

    def remove() -> None:
        hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})

    with inject_before(simulation, "TransactWriteItems", remove):
        reaction: dict[str, Any] = {"reaction": "👍", "is_on": True}
        his.is_rejected("not_a_member", "react", messageId=f"{conversation}:1", data=reaction)
