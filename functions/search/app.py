"""The route `search`."""

from chat.runtime.cold_start import start

handler = start("search")
