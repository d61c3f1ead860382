from chat.actions.chat import Chat
from chat.actions.delivery import push_now
from chat.push.deferred import Shard


def fanout(shard: Shard, chat: Chat) -> None:
    """Push a frame to one shard of a big room.

    A shard that the queue delivers twice is pushed twice; clients drop what they have by its `seq`.
    """
    push_now(shard.frame, shard.conversation_id, shard.connection_ids, chat)
