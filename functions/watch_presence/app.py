"""The route `watch_presence`."""

from chat.runtime.cold_start import start

handler = start("watch_presence")
