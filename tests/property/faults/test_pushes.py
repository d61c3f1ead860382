"""Pushes that do not arrive, connections that end without a word, queues that deliver twice."""

from collections.abc import Iterator

import pytest

from chat.protocol.ids import ConnectionId, ConversationId
from chat.push.deferred import Shard, encode_shards
from chat.push.outcome import Outcome
from chat.storage.ttl import SLACK_SECONDS
from testing.group import Group, assert_reachable, contents, stored
from testing.invariants import check_invariants, rows
from testing.people import Client

TWO_HOURS = 2 * 60 * 60


def missing(room: Group, client: Client, position: int) -> list[str]:
    """Do what a client does at a heartbeat; what it had missed."""
    positions = {room.conversation: position}
    ack = room.asks(client, "heartbeat", positions=positions)()
    if not ack["data"]["behind"]:
        return []
    page = room.asks(client, "history", after_seq=position)()
    return [each["content"] for each in page["data"]["messages"]]


@pytest.mark.parametrize("outcome", list(Outcome), ids=lambda each: each.name.lower())
def test_whatever_becomes_of_pushes_a_heartbeat_later_everybody_has_everything(
    group_with_bob: Group, outcome: Outcome
) -> None:
    sockets = group_with_bob.simulation.sockets
    sockets.fault = lambda each: outcome if each == group_with_bob.his.connection_id else None
    for content in ("one", "two", "three"):
        group_with_bob.says(group_with_bob.hers, content)()
    sockets.fault = lambda _: None

    pushed = [frame["data"]["seq"] for frame in group_with_bob.his.received]
    missed = missing(group_with_bob, group_with_bob.his, max(pushed, default=0))

    assert contents(group_with_bob.his) + missed == stored() == ["one", "two", "three"]
    assert contents(group_with_bob.carols) == ["one", "two", "three"]


@pytest.mark.parametrize("outcome", [Outcome.SLOW, Outcome.FAILED])
def test_a_push_that_fails_costs_a_connection_nothing(
    group_with_bob: Group, outcome: Outcome
) -> None:
    group_with_bob.simulation.sockets.fault = lambda _: outcome
    group_with_bob.says(group_with_bob.hers, "lost")()
    group_with_bob.simulation.sockets.fault = lambda _: None

    check_invariants(group_with_bob.simulation)

    assert_reachable(group_with_bob, group_with_bob.his)


def test_a_connection_that_vanished_costs_one_push_and_nobody_anything(
    group_with_bob: Group,
) -> None:
    simulation = group_with_bob.simulation
    group_with_bob.his.closes(announced=False)

    for content in ("one", "two"):
        group_with_bob.says(group_with_bob.hers, content)()

    assert simulation.counted["PushGone"] == 1
    check_invariants(simulation)
    assert_reachable(group_with_bob, group_with_bob.his)


def test_a_connection_that_vanished_is_forgotten_after_its_longest_life(
    group_with_bob: Group,
) -> None:
    simulation = group_with_bob.simulation
    group_with_bob.his.closes(announced=False)
    group_with_bob.removes(group_with_bob.hers)()
    simulation.passes(seconds=TWO_HOURS + SLACK_SECONDS)
    hers = group_with_bob.arriving(group_with_bob.hers)
    group_with_bob.authenticates(hers)()

    told = group_with_bob.adds(hers)()

    assert [each["online"] for each in told["data"]["members"]] == [False]
    assert simulation.counted["PushGone"] == 1


@pytest.fixture
def shard(group_with_bob: Group) -> Iterator[str]:
    """Give what the queue of a big room delivers of one message."""
    group_with_bob.simulation.services = group_with_bob.simulation.with_limits(inline_push_limit=0)
    group_with_bob.says(group_with_bob.hers, "Hello")()
    [(conversation, connections, frame)] = group_with_bob.simulation.waiting.shards
    return encode_shards(Shard(ConversationId(conversation), connections, frame))


def test_a_shard_that_comes_twice_says_the_same_twice(
    group_with_bob: Group, shard: Iterator[str]
) -> None:
    [body] = shard

    answers = [group_with_bob.simulation.consume("fanout", body) for _ in range(2)]

    assert answers == [{"batchItemFailures": []}] * 2
    first, again = group_with_bob.his.received
    assert first == again
    check_invariants(group_with_bob.simulation)


def test_a_shard_that_comes_late_troubles_nobody(
    group_with_bob: Group, shard: Iterator[str]
) -> None:
    [body] = shard
    group_with_bob.his.closes(announced=False)
    group_with_bob.removes(group_with_bob.hers)()

    answer = group_with_bob.simulation.consume("fanout", body)

    assert answer == {"batchItemFailures": []}
    left = {ConnectionId(row["connection_id"]) for row in rows("RosterTable")}
    assert group_with_bob.his.connection_id not in left
    check_invariants(group_with_bob.simulation)


@pytest.mark.parametrize("queue", ["greet", "auth_deadline"])
def test_a_queue_that_delivers_twice_says_nothing_untrue(group_with_bob: Group, queue: str) -> None:
    fresh = group_with_bob.arriving(group_with_bob.his)
    group_with_bob.authenticates(fresh)()

    for _ in range(2):
        group_with_bob.simulation.consume(queue, f'{{"connection_id":"{fresh.connection_id}"}}')

    assert {frame["type"] for frame in fresh.received} <= {"connected"}
    assert_reachable(group_with_bob, group_with_bob.his, fresh)
