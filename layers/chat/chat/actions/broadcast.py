"""Broadcasts: the fan-out of one frame, and what follows from each push's outcome."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from chat.actions.services import Services
from chat.protocol.encoding import encode
from chat.protocol.ids import ConnectionId, ConversationId
from chat.protocol.server_frames import ServerFrame
from chat.push.limits import INLINE, QUEUED, Allowance
from chat.push.post import Outcome
from chat.storage.roster import counting_among
from chat.storage.roster_changes import delete_entries

if TYPE_CHECKING:
    from chat.push.queue_bodies import Shard

LATER_RUNS = 3
"""After delays of 2, 4 and 8 s: then the next heartbeat is as near."""


def broadcast(
    frame: ServerFrame,
    conversation_id: ConversationId,
    connection_ids: Sequence[ConnectionId],
    services: Services,
) -> None:
    """Push a frame to connections of a conversation, and take those off its roster that are gone.

    A push that fails is not made up for here: the heartbeat heals it. Above the inline limit the
    pushes are handed to a queue, so that the sender's function does not run for all of them.
    """
    if len(connection_ids) > services.limits.inline_push_limit:
        services.publisher().publish_shards(conversation_id, connection_ids, encode(frame))
    elif connection_ids:
        broadcast_now(encode(frame), conversation_id, connection_ids, services)


def broadcast_now(
    encoded: bytes,
    conversation_id: ConversationId,
    connection_ids: Sequence[ConnectionId],
    services: Services,
    allowance: Allowance = INLINE,
) -> dict[ConnectionId, Outcome]:
    outcomes = services.push().push(connection_ids, encoded, allowance)
    for outcome, number in Counter(outcomes.values()).items():
        services.add_metric(f"Push{outcome.name.title()}", number)
    delete_entries([conversation_id], [each for each in outcomes if outcomes[each] is Outcome.GONE])
    return outcomes


def fanout(shard: "Shard", services: Services) -> None:
    """Push a frame to those connections of a big room's shard that are still on the roster.

    The shard may have waited while a member was removed or signed out. If the queue delivers a
    shard twice, it is pushed twice; clients drop what they have by its `seq`. Pushes that are
    throttled go on in later runs, without the connections that got the frame. The heartbeat heals
    the rest.
    """
    there = counting_among(shard.conversation_id, shard.connection_ids, services.now_ms())
    outcomes = broadcast_now(shard.frame, shard.conversation_id, there, services, QUEUED)
    throttled = [each for each in outcomes if outcomes[each] is Outcome.THROTTLED]
    if throttled and shard.run < LATER_RUNS:
        rest = shard._replace(connection_ids=throttled, run=shard.run + 1)
        services.publisher().publish_later(rest, delay_seconds=2**rest.run)
