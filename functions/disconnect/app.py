"""The route `$disconnect`."""

from chat.actions.disconnect import disconnect
from chat.runtime.handlers import connection_handler

handler = connection_handler(disconnect)
