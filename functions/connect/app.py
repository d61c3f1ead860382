"""The route `$connect`."""

from chat.actions.connect import connect
from chat.runtime.handlers import connection_handler

handler = connection_handler(connect)
