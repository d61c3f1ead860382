"""The route `$connect`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.connect import connect
    from chat.runtime.handlers import connect_request, connection_handler

    handler = connection_handler("CONNECT", connect_request, connect)
