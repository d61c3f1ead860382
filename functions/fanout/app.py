"""The consumer of the queue that big rooms' frames are sharded into."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.fanout import fanout
    from chat.push.deferred import decode_shard
    from chat.runtime.handlers import queue_handler

    handler = queue_handler(decode_shard, fanout)
