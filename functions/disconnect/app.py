"""The route `$disconnect`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.disconnect import disconnect
    from chat.runtime.handlers import connection_handler, connection_id

    handler = connection_handler("DISCONNECT", connection_id, disconnect)
