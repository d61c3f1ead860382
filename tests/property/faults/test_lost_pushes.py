"""Lost pushes, connections that end without `$disconnect`, queues that deliver twice."""

from collections.abc import Iterator

import pytest

from chat.protocol.ids import ConnectionId
from chat.push.post import Outcome
from chat.push.queue_bodies import encode_shards
from chat.storage.ttl import SLACK_SECONDS
from testing.group import Group, assert_reachable, contents, stored
from testing.invariants import check_invariants, rows
from testing.people import Client

TWO_HOURS = 2 * 60 * 60


def missed_messages(group: Group, client: Client, position: int) -> list[str]:
    """Catch up by a heartbeat, as a client does; returns the missed messages."""
    positions = {group.conversation: position}
    ack = group.requests(client, "heartbeat", positions=positions)()
    if not ack["data"]["behind"]:
        return []
    page = group.requests(client, "history", after_seq=position)()
    return [each["content"] for each in page["data"]["messages"]]


@pytest.mark.parametrize("outcome", list(Outcome), ids=lambda each: each.name.lower())
def test_every_message_arrives_one_heartbeat_after_any_push_outcome(
    group_with_bob: Group, outcome: Outcome
) -> None:
    sockets = group_with_bob.simulation.sockets
    sockets.fault = lambda each: outcome if each == group_with_bob.his.connection_id else None
    for content in ("one", "two", "three"):
        group_with_bob.says(group_with_bob.hers, content)()
    sockets.fault = lambda _: None

    pushed = [frame["data"]["seq"] for frame in group_with_bob.his.received]
    missed = missed_messages(group_with_bob, group_with_bob.his, max(pushed, default=0))

    assert contents(group_with_bob.his) + missed == stored() == ["one", "two", "three"]
    assert contents(group_with_bob.carols) == ["one", "two", "three"]


@pytest.mark.parametrize("outcome", [Outcome.THROTTLED, Outcome.FAILED])
def test_failed_push_does_not_affect_the_connection(
    group_with_bob: Group, outcome: Outcome
) -> None:
    group_with_bob.simulation.sockets.fault = lambda _: outcome
    group_with_bob.says(group_with_bob.hers, "lost")()
    group_with_bob.simulation.sockets.fault = lambda _: None

    check_invariants(group_with_bob.simulation)

    assert_reachable(group_with_bob, group_with_bob.his)


def test_vanished_connection_costs_one_push_only(
    group_with_bob: Group,
) -> None:
    simulation = group_with_bob.simulation
    group_with_bob.his.closes(announced=False)

    for content in ("one", "two"):
        group_with_bob.says(group_with_bob.hers, content)()

    assert simulation.metrics["PushGone"] == 1
    check_invariants(simulation)
    assert_reachable(group_with_bob, group_with_bob.his)


def test_vanished_connection_expires_after_its_longest_life(
    group_with_bob: Group,
) -> None:
    simulation = group_with_bob.simulation
    group_with_bob.his.closes(announced=False)
    group_with_bob.removes(group_with_bob.hers)()
    simulation.advance_time(seconds=TWO_HOURS + SLACK_SECONDS)
    hers = group_with_bob.unauthenticated_client(group_with_bob.hers)
    group_with_bob.authenticates(hers)()

    event = group_with_bob.adds(hers)()

    assert [each["online"] for each in event["data"]["members"]] == [False]
    assert simulation.metrics["PushGone"] == 1


@pytest.fixture
def shard(group_with_bob: Group) -> Iterator[str]:
    """Give the queue's shards of one message."""
    group_with_bob.simulation.services = group_with_bob.simulation.with_limits(inline_push_limit=0)
    group_with_bob.says(group_with_bob.hers, "Hello")()
    [queued] = group_with_bob.simulation.queues.shards
    return encode_shards(queued)


def test_shard_delivered_twice_pushes_the_same_frame_twice(
    group_with_bob: Group, shard: Iterator[str]
) -> None:
    [body] = shard

    answers = [group_with_bob.simulation.consume("fanout", body) for _ in range(2)]

    assert answers == [{"batchItemFailures": []}] * 2
    first, again = group_with_bob.his.received
    assert first == again
    check_invariants(group_with_bob.simulation)


def test_late_shard_is_harmless(group_with_bob: Group, shard: Iterator[str]) -> None:
    [body] = shard
    group_with_bob.his.closes(announced=False)
    group_with_bob.removes(group_with_bob.hers)()

    answer = group_with_bob.simulation.consume("fanout", body)

    assert answer == {"batchItemFailures": []}
    left = {ConnectionId(row["connection_id"]) for row in rows("RosterTable")}
    assert group_with_bob.his.connection_id not in left
    check_invariants(group_with_bob.simulation)


@pytest.mark.parametrize("queue", ["greet", "auth_deadline"])
def test_repeated_queue_delivery_sends_nothing_wrong(group_with_bob: Group, queue: str) -> None:
    fresh = group_with_bob.unauthenticated_client(group_with_bob.his)
    group_with_bob.authenticates(fresh)()

    for _ in range(2):
        group_with_bob.simulation.consume(queue, f'{{"connection_id":"{fresh.connection_id}"}}')

    assert {frame["type"] for frame in fresh.received} <= {"connected"}
    assert_reachable(group_with_bob, group_with_bob.his, fresh)
