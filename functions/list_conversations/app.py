"""The route `list_conversations`."""

from chat.runtime.cold_start import start

handler = start("list_conversations")
