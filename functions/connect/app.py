"""The route `$connect`."""

from chat.runtime.start import starting

with starting():
    from chat.actions.connect import connect
    from chat.runtime.handlers import connection_handler, opening

    handler = connection_handler("CONNECT", opening, connect)
