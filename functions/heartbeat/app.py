"""The route `heartbeat`."""

from chat.runtime.cold_start import start

handler = start("heartbeat")
