"""The route `$disconnect`."""

from chat.runtime.start import starting

with starting():
    from chat.actions.disconnect import disconnect
    from chat.runtime.handlers import connection_handler, connection_id

    handler = connection_handler("DISCONNECT", connection_id, disconnect)
