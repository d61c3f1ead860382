"""The route `list_conversations`."""

from chat.runtime.start import start

handler = start("list_conversations")
