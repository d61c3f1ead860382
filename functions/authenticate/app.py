"""The route `authenticate`."""

from chat.runtime.cold_start import start

handler = start("authenticate")
