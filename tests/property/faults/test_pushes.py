"""Pushes that do not arrive, connections that end without a word, queues that deliver twice."""

from collections.abc import Iterator

import pytest

from chat.protocol.ids import ConnectionId, ConversationId
from chat.push.post import Outcome
from chat.push.queue_publisher import Shard, encode_shards
from chat.storage.expiry import SLACK_SECONDS
from tests.world.people import Client
from tests.world.room import Room, check_probe, contents, stored
from tests.world.truth import check_tables, rows

TWO_HOURS = 2 * 60 * 60


def missing(room: Room, client: Client, position: int) -> list[str]:
    """Do what a client does at a heartbeat; what it had missed."""
    positions = {room.conversation: position}
    ack = room.asks(client, "heartbeat", positions=positions)()
    if not ack["data"]["behind"]:
        return []
    page = room.asks(client, "history", after_seq=position)()
    return [each["content"] for each in page["data"]["messages"]]


@pytest.mark.parametrize("outcome", list(Outcome), ids=lambda each: each.name.lower())
def test_whatever_becomes_of_pushes_a_heartbeat_later_everybody_has_everything(
    bobs: Room, outcome: Outcome
) -> None:
    sockets = bobs.world.sockets
    sockets.fault = lambda each: outcome if each == bobs.his.connection_id else None
    for content in ("one", "two", "three"):
        bobs.says(bobs.hers, content)()
    sockets.fault = lambda _: None

    pushed = [frame["data"]["seq"] for frame in bobs.his.received]
    missed = missing(bobs, bobs.his, max(pushed, default=0))

    assert contents(bobs.his) + missed == stored() == ["one", "two", "three"]
    assert contents(bobs.carols) == ["one", "two", "three"]


@pytest.mark.parametrize("outcome", [Outcome.SLOW, Outcome.FAILED])
def test_a_push_that_fails_costs_a_connection_nothing(bobs: Room, outcome: Outcome) -> None:
    bobs.world.sockets.fault = lambda _: outcome
    bobs.says(bobs.hers, "lost")()
    bobs.world.sockets.fault = lambda _: None

    check_tables(bobs.world)

    check_probe(bobs, bobs.his)


def test_a_connection_that_vanished_costs_one_push_and_nobody_anything(bobs: Room) -> None:
    world = bobs.world
    bobs.his.closes(announced=False)

    for content in ("one", "two"):
        bobs.says(bobs.hers, content)()

    assert world.counted["PushGone"] == 1
    check_tables(world)
    check_probe(bobs, bobs.his)


def test_a_connection_that_vanished_is_forgotten_after_its_longest_life(bobs: Room) -> None:
    world = bobs.world
    bobs.his.closes(announced=False)
    bobs.removes(bobs.hers)()
    world.passes(seconds=TWO_HOURS + SLACK_SECONDS)
    hers = bobs.arriving(bobs.hers)
    bobs.authenticates(hers)()

    told = bobs.adds(hers)()

    assert [each["online"] for each in told["data"]["members"]] == [False]
    assert world.counted["PushGone"] == 1


@pytest.fixture
def shard(bobs: Room) -> Iterator[str]:
    """Give what the queue of a big room delivers of one message."""
    bobs.world.chat = bobs.world.with_limits(inline_push_limit=0)
    bobs.says(bobs.hers, "Hello")()
    [(conversation, connections, frame)] = bobs.world.waiting.shards
    return encode_shards(Shard(ConversationId(conversation), connections, frame))


def test_a_shard_that_comes_twice_says_the_same_twice(bobs: Room, shard: Iterator[str]) -> None:
    [body] = shard

    answers = [bobs.world.consume("fanout", body) for _ in range(2)]

    assert answers == [{"batchItemFailures": []}] * 2
    first, again = bobs.his.received
    assert first == again
    check_tables(bobs.world)


def test_a_shard_that_comes_late_troubles_nobody(bobs: Room, shard: Iterator[str]) -> None:
    [body] = shard
    bobs.his.closes(announced=False)
    bobs.removes(bobs.hers)()

    answer = bobs.world.consume("fanout", body)

    assert answer == {"batchItemFailures": []}
    left = {ConnectionId(row["connection_id"]) for row in rows("RosterTable")}
    assert bobs.his.connection_id not in left
    check_tables(bobs.world)


@pytest.mark.parametrize("queue", ["greet", "auth_deadline"])
def test_a_queue_that_delivers_twice_says_nothing_untrue(bobs: Room, queue: str) -> None:
    fresh = bobs.arriving(bobs.his)
    bobs.authenticates(fresh)()

    for _ in range(2):
        bobs.world.consume(queue, f'{{"connection_id":"{fresh.connection_id}"}}')

    assert {frame["type"] for frame in fresh.received} <= {"connected"}
    check_probe(bobs, bobs.his, fresh)
