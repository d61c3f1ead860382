"""The route `heartbeat`."""

from chat.runtime.start import start

handler = start("heartbeat")
