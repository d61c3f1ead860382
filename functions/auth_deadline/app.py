"""The consumer of the queue that `$connect` fills for `auth_deadline`."""

from chat.runtime.start import starting

with starting():
    from chat.actions.auth_deadline import auth_deadline
    from chat.push.queue_publisher import decode_auth_deadline
    from chat.runtime.handlers import queue_handler

    handler = queue_handler(decode_auth_deadline, auth_deadline)
