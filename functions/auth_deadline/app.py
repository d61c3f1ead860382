"""The consumer of the queue that `$connect` fills for `auth_deadline`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.auth_deadline import auth_deadline
    from chat.push.deferred import decode_auth_deadline
    from chat.runtime.handlers import queue_handler

    handler = queue_handler(decode_auth_deadline, auth_deadline)
