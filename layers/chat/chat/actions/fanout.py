from chat.actions.chat import Chat
from chat.actions.delivery import push_now
from chat.push.limits import QUEUED
from chat.push.queue_publisher import Shard
from chat.storage.roster import counting_among


def fanout(shard: Shard, chat: Chat) -> None:
    """Push a frame to one shard of a big room, but for who is on its roster no longer.

    The shard may have waited while a member was removed or signed out.
    A shard that the queue delivers twice is pushed twice; clients drop what they have by its `seq`.
    What is left over when its time is up comes no second time: the connections that got the frame
    would get it again, and the heartbeat heals the rest.
    """
    there = counting_among(shard.conversation_id, shard.connection_ids, chat.now_ms())
    push_now(shard.frame, shard.conversation_id, there, chat, QUEUED)
