"""The route `history`."""

from chat.runtime.start import start

handler = start("history")
