from chat.actions.broadcast import broadcast_now
from chat.actions.services import Services
from chat.push.limits import QUEUED
from chat.push.queue_publisher import Shard
from chat.storage.roster import counting_among


def fanout(shard: Shard, services: Services) -> None:
    """Push a frame to one shard of a big room, but for who is on its roster no longer.

    The shard may have waited while a member was removed or signed out.
    A shard that the queue delivers twice is pushed twice; clients drop what they have by its `seq`.
    What is left over when its time is up comes no second time: the connections that got the frame
    would get it again, and the heartbeat heals the rest.
    """
    there = counting_among(shard.conversation_id, shard.connection_ids, services.now_ms())
    broadcast_now(shard.frame, shard.conversation_id, there, services, QUEUED)
