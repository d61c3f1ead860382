"""The queue of big rooms: shards, which are pushed, and wakes, which make shards."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chat.actions.broadcast import broadcast_now
from chat.actions.room_wake import push_new
from chat.actions.services import Services
from chat.protocol.ids import ConnectionId
from chat.protocol.limits import MAX_FRAME_BYTES
from chat.push.limits import QUEUED
from chat.push.post import Outcome
from chat.push.queue_bodies import QueuedFrame, Shard, Wake
from chat.storage.roster import Entry, counting_among

LATER_RUNS = 3
"""After delays of 2, 4 and 8 s: then the next heartbeat is as near."""

_BEGIN, _END = b'{"type":"batch","data":{"frames":[', b"]}}"


class Post(NamedTuple):
    """What is posted to a connection at once: one frame, or a batch of several."""

    body: bytes
    frames: Sequence[QueuedFrame]


def fanout(task: Shard | Wake, services: Services) -> None:
    """Push a shard, or have what is new in a big room pushed."""
    if isinstance(task, Wake):
        push_new(task, services)
    else:
        push_shard(task, services)


def push_shard(shard: Shard, services: Services) -> None:
    """Push frames to those connections of a big room's shard that are still on the roster.

    The shard may have waited while a member was removed or signed out. If the queue delivers a
    shard twice, it is pushed twice; clients drop what they have by its `seq`. Pushes that are
    throttled go on in later runs, without the connections that got the frame. The heartbeat heals
    the rest.
    """
    there = counting_among(shard.conversation_id, shard.connection_ids, services.now_ms())
    for frames, is_batch, connection_ids in _groups(shard, there):
        posts = batches(frames) if is_batch else [Post(each.frame, [each]) for each in frames]
        part = shard._replace(connection_ids=connection_ids, frames=frames)
        _push_in_order(part, list(posts), services)


def batches(frames: Sequence[QueuedFrame]) -> Iterator[Post]:
    """Put frames together in order, as many as fit; one that is alone comes as itself."""
    batch: list[QueuedFrame] = []
    size = 0
    for each in frames:
        if batch and size + len(each.frame) > MAX_FRAME_BYTES - len(_BEGIN) - len(_END):
            yield _batch(batch)
            batch, size = [], 0
        batch.append(each)
        size += len(each.frame) + 1
    if batch:
        yield _batch(batch)


def _batch(frames: list[QueuedFrame]) -> Post:
    if len(frames) == 1:
        return Post(frames[0].frame, frames)
    return Post(_BEGIN + b",".join(each.frame for each in frames) + _END, frames)


def _groups(
    shard: Shard, there: Sequence[Entry]
) -> Iterator[tuple[Sequence[QueuedFrame], bool, list[ConnectionId]]]:
    """Group connections by what each gets: all frames but those that it has as replies."""
    groups: dict[tuple[ConnectionId | None, bool], list[ConnectionId]] = defaultdict(list)
    asking = {each.asking for each in shard.frames}
    for entry in there:
        own = entry.connection_id if entry.connection_id in asking else None
        is_batch = entry.accepts_batches and len(shard.frames) > 1
        groups[own, is_batch].append(entry.connection_id)
    for (own, is_batch), connection_ids in groups.items():
        frames = [each for each in shard.frames if own is None or each.asking != own]
        yield frames, is_batch, connection_ids


def _push_in_order(shard: Shard, posts: Sequence[Post], services: Services) -> None:
    """Push one post after another, and leave to a later run what is throttled and what follows."""
    left = shard.connection_ids
    for at, post in enumerate(posts):
        outcomes = broadcast_now(post.body, shard.conversation_id, left, services, QUEUED)
        throttled = [each for each in left if outcomes[each] is Outcome.THROTTLED]
        if throttled:
            frames = [frame for rest in posts[at:] for frame in rest.frames]
            _push_later(shard._replace(connection_ids=throttled, frames=frames), services)
        left = [each for each in left if outcomes[each] in (Outcome.DELIVERED, Outcome.FAILED)]


def _push_later(shard: Shard, services: Services) -> None:
    if shard.run < LATER_RUNS:
        rest = shard._replace(run=shard.run + 1)
        services.publisher().publish_later(rest, delay_seconds=2**rest.run)
