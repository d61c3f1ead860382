"""The route `typing`."""

from chat.runtime.cold_start import start

handler = start("typing")
