"""The route `history`."""

from chat.runtime.cold_start import start

handler = start("history")
