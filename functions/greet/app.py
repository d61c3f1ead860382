"""The consumer of the queue that `$connect` fills for `greet`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.greet import greet
    from chat.push.deferred import decode_greet
    from chat.runtime.handlers import queue_handler

    handler = queue_handler(decode_greet, greet)
