"""The consumer of the queue that `$connect` fills for `greet`."""

from chat.runtime.start import starting

with starting():
    from chat.actions.greet import greet
    from chat.push.queue_publisher import decode_greet
    from chat.runtime.handlers import queue_handler

    handler = queue_handler(decode_greet, greet)
